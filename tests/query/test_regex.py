"""Regular expressions: PCRE's meaning, and no pattern that keeps a processor busy."""

from collections.abc import Iterator
from time import thread_time

import pytest
from pymongo import MongoClient
from pymongo.collection import Collection

from parsepy.errors import ParseError
from parsepy.query.regex import MOST_SAVED, compile_pattern

Texts = Collection[dict[str, str]]


def matches(pattern: str, text: str, options: str = "") -> bool:
    return compile_pattern(pattern, options).search(text)


@pytest.mark.parametrize(
    ("pattern", "options", "hits", "misses"),
    [
        # What the SDKs send for "starts with", "ends with" and "contains".
        (r"^\Qa.b\E", "", ["a.b", "a.bc"], ["xa.b", "aXb", "A.b"]),
        (r"\Qa.b\E$", "", ["a.b", "xa.b", "a.b\n"], ["a.bx", "aXb", "a.b\n\n"]),
        (r"\Qa(b\E", "", ["xa(bx"], ["ab"]),
        (r"^\Qa\E\\E\Qb\E", "", [r"a\Eb"], ["ab"]),
        (r"\Qa\E\Qb\E", "i", ["AB"], ["a"]),
        (r"\Qopen", "", ["an open one"], ["closed"]),
        (r"^prefix", "", ["prefix", "prefixed"], ["a prefix"]),
        (r"^\Qwhole\E$", "", ["whole", "whole\n"], ["wholes", "awhole"]),
        (r"", "", ["", "x"], []),
        # Options.
        ("É", "i", ["é", "É"], ["e"]),
        ("^b$", "", ["b"], ["a\nb\nc"]),
        ("^b$", "m", ["b", "a\nb\nc"], ["ab"]),
        ("a.b", "", ["axb"], ["a\nb"]),
        ("a.b", "s", ["axb", "a\nb"], ["ab"]),
        ("a b # no part of it\n c", "x", ["abc"], ["a b c"]),
        (r"a\ b[ #]", "x", ["a b#", "a b "], ["ab"]),
        ("é", "u", ["é"], ["e"]),
        ("(?i)a(?-i)B", "", ["AB", "aB"], ["ab"]),
        ("(?x: a b )c d", "", ["abc d"], ["abcd"]),
        # Classes are ASCII, whatever the text.
        (r"^\w+$", "", ["a_1"], ["é"]),
        (r"^\d$", "", ["1"], ["\u0661"]),
        (r"\bé", "", ["aé"], ["é"]),
        (r"^\s$", "", [" ", "\x0b", "\n"], ["\xa0"]),
        (r"^[[:alpha:]-]+$", "", ["a-b"], ["é", "1"]),
        (r"^[^\W_]$", "", ["a"], ["_", "-"]),
        (r"^[\W]$", "i", ["-", "é"], ["k", "S"]),
        (r"^\p{Lu}\pL$", "", ["Éa"], ["éa"]),
        (r"^[]a]$", "", ["]", "a"], ["b"]),
        (r"^[a&&b|-]+$", "", ["a&b|-"], ["c"]),
        (r"^\x61\x{e9}\t\e\060$", "", ["aé\t\x1b0"], ["a"]),
        # Braces that are no quantifier.
        ("a{,2}", "", ["a{,2}"], ["aa"]),
        ("a{2}{", "", ["aa{"], ["aa"]),
        # What RE2 does not have.
        ("^(?!foo)", "", ["bar", ""], ["foobar"]),
        ("(?<=a)b(?=c)", "", ["abc"], ["abd", "xbc"]),
        (r"(a)(b)\2\g{1}", "", ["abba"], ["abab"]),
        (r"(?<x>a)\k<x>(?P=x)", "", ["aaa"], ["aa"]),
        ("a++b", "", ["aab"], ["b"]),
        ("a*+a", "", [], ["aaa"]),
        ("(?>a|ab)c", "", ["ac"], ["abc"]),
        ("^a{1500}$", "", ["a" * 1500], ["a" * 1499]),
        (r"\Bb\B", "", ["abc"], ["b"]),
        # Anchors before a last newline.
        ("a$", "", ["a", "a\n"], ["a\n\n"]),
        (r"a\Z", "", ["a\n"], ["ab"]),
        (r"a\z", "", ["a"], ["a\n"]),
        ("ss(?=)", "i", ["SS"], ["\xdf"]),
    ],
)
def test_a_pattern_means_what_it_means_in_pcre(
    pattern: str, options: str, hits: list[str], misses: list[str]
) -> None:
    assert [text for text in hits if not matches(pattern, text, options)] == []
    assert [text for text in misses if matches(pattern, text, options)] == []


AGREEING = (
    r"^a|b$ \w+\s\S [^a]b? a{2,3}?b (a|b)+c* \Aa.*z\z (?s).\n. (?m)^b (?i)[a-f]+\d [\d\-x]+ \R$"
    r" (?:ab)*?c \h+\H [[:punct:][:space:]] x*+x ^(?=.*a)(?=.*b) (?<!a)b (.)\1 [^[:^digit:]]"
    r" \N\v? a|(?i:B)|c (?i)É|ß ^\Q^a.b\E a\.b$ [a-c&&b] ^$ \B. \bé\b [\w.]+@[\w.]+\.\w{2,}"
).split(" ")
TEXTS = (
    "|a|b|ab|ba|aab|abc|abz|A|É|é|ß|SS|1|a1|F9|a b|a\tb|\n|a\n|b\na\n|a\nb|xx|aa|.|a.b|^a.b|_"
    "|-|a-b|me@ex.am.ple|éa é|\r\n|\x0b|a\xa0b|😀|&|a&b"
).split("|")


@pytest.fixture(scope="module")
def texts(mongodb_uri: str) -> Iterator[Texts]:
    with MongoClient[dict[str, str]](mongodb_uri) as client:
        collection = client["parsepy_test_regex"]["texts"]
        collection.drop()
        collection.insert_many([{"text": text} for text in TEXTS])
        yield collection
        client.drop_database("parsepy_test_regex")


@pytest.mark.parametrize("options", ["", "i", "m", "s", "x", "imxs"])
def test_patterns_select_the_same_texts_as_in_mongodb(texts: Texts, options: str) -> None:
    for pattern in AGREEING:
        condition = {"$regex": pattern, **({"$options": options} if options else {})}
        in_mongodb = {found["text"] for found in texts.find({"text": condition})}
        ours = {text for text in TEXTS if matches(pattern, text, options)}
        assert (pattern, ours) == (pattern, in_mongodb)


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "a)",
        "[",
        "[b-a]",
        "[[:nothing:]]",
        "*",
        "a{2,1}",
        "\\",
        r"\x{110000}",
        r"\x{d800}",
        r"\i",
        r"\p{",
        r"\p{Nonsense}",
        "(?<name",
        "(?<1>a)",
        r"\1",
        r"\k<missing>",
        "(?z)",
        "(?R)",
        "(?1)(a)",
        "(?(1)a|b)",
        "(*ACCEPT)",
        "(" * 300 + ")" * 300,
        "(((a){1000}){1000}){1000}",
        "x" * 40_000,
        "\ud800",
    ],
)
def test_what_is_no_pattern_is_refused_in_our_own_words(pattern: str) -> None:
    with pytest.raises(ParseError) as refused:
        compile_pattern(pattern, "")
    assert refused.value.code == 102
    assert refused.value.message.startswith("$regex is not a valid regular expression: ")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^(a+)+$", "a" * 50_000 + "b"),
        ("^(a|a)*$", "a" * 50_000 + "b"),
        ("(.*)(.*)(.*)(.*)(.*)[^a]", "a" * 5_000),
        ("(a?){500}a{500}", "a" * 500),
    ],
)
def test_a_pattern_that_blows_up_elsewhere_is_linear_here(pattern: str, text: str) -> None:
    # The test would not end within a lifetime if these ran in a backtracking engine.
    assert matches(pattern, text) == pattern.endswith("{500}")


HOSTILE = r"^(?:a|aa)*(?<!a)$"


def test_a_search_that_costs_too_much_fails() -> None:
    search = compile_pattern(HOSTILE, "").search
    before = thread_time()
    with pytest.raises(ParseError) as refused:
        search("a" * 200)
    assert refused.value.code == 102
    assert thread_time() - before < MOST_SAVED * 20


def test_a_pattern_without_credit_earns_new_credit_by_cheap_searches() -> None:
    search = compile_pattern(HOSTILE, "s").search
    for _ in range(3):
        with pytest.raises(ParseError):
            search("a" * 200)
    assert [search("-") for _ in range(50)] == [False] * 50
    assert search("")


def test_many_cheap_searches_are_never_refused() -> None:
    search = compile_pattern("^(?!x).*y", "").search
    assert sum(search(f"text {number} y") for number in range(20_000)) == 20_000
