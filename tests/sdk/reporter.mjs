// A reporter for node:test: one line of JSON per step, for stories.py to read.

export default async function* steps(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') {
      continue;
    }
    const error = data.details.error?.cause ?? data.details.error;
    yield JSON.stringify({
      name: data.name,
      passed: type === 'test:pass' && data.skip === undefined && data.todo === undefined,
      error: error === undefined ? null : describe(error),
    }) + '\n';
  }
}

function describe(error) {
  const code = error.code === undefined ? '' : ` (code ${error.code})`;
  const inStory = String(error.stack ?? '').split('\n').find(line => line.includes('/story/'));
  return [`${error.message ?? error}${code}`, inStory?.trim()].filter(Boolean).join('\n');
}
