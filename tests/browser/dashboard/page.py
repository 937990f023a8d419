"""parse-dashboard as somebody uses it who sees what stands on the page: it has no stable names."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from tests.browser.webdriver import Browser, Element

DEADLINE: Final = 60.0
ENTER, ESCAPE, TAB, SELECT_ALL = "\ue007", "\ue00c", "\ue004", "\ue009a\ue000"
SOON: Final = 5.0
"""Seconds until what usually comes at once is brought about anew."""
_OUT_OF_USE: Final = "oDYpRV1R2jqMDuXZ90nS"
"""What version 9.2.0 calls the style of such a button; it has no attribute that says so."""
_TABLE: Final = """
const heads = [...document.querySelectorAll('[draggable=true]')]
  .filter(head => head.children.length === 2).map(head => head.children[0].textContent);
const rows = [...document.querySelectorAll('span > input[type=checkbox]')]
  .map(box => [...box.parentElement.parentElement.children].slice(1));
"""
_T = TypeVar("_T")


class Dashboard:
    def __init__(self, browser: Browser, url: str, app: str) -> None:
        self.browser = browser
        self._url = url
        self._app = f"{url}/apps/{app}"

    def of_app(self, app: str) -> "Dashboard":
        """Another app of the same dashboard."""
        return Dashboard(self.browser, self._url, app)

    def forget_everything(self) -> None:
        """What it keeps in the browser, the order of rows for one."""
        self.browser.open("about:blank")
        kept = {"origin": self._url, "storageTypes": "local_storage"}
        self.browser.develop("Storage.clearDataForOrigin", kept)
        self.browser.complaints()

    def refusals(self, server_url: str) -> list[str]:
        """Requests that a server has refused since the last look, as `/path status`."""
        found = []
        for line in self.browser.complaints():
            url, _, said = line.partition(" - Failed to load resource: ")
            if url.startswith(server_url):
                found.append(f"{url.removeprefix(server_url)} {said}")
        return found

    def open(self, section: str) -> None:
        self.browser.open(f"{self._app}/{section}")

    def wait(self, look: Callable[[], _T | None], expected: str) -> _T:
        """What `look` finds at last; its errors mean that it is not there yet."""
        found: list[_T] = []

        def there() -> bool:
            value = look()
            if value:
                found.append(value)
            return bool(value)

        self.browser.wait_until(there, expected, DEADLINE)
        return found[0]

    def see(self, text: str) -> None:
        self.wait(lambda: text in self.browser.text, f"the page to say {text!r}")

    def see_no(self, path: str) -> None:
        script = "return !document.evaluate(arguments[0], document).iterateNext()"
        self.wait(lambda: self.browser.run(script, path), f"no {path}")

    def element(self, path: str) -> Element:
        return self.wait(lambda: self.browser.find_by_xpath(path), path)

    def act(self, path: str, action: Callable[[Element], None]) -> None:
        """Does it to the element; tried again while the page still moves."""
        self.wait(lambda: self._done(path, action), f"{path} to be usable")

    def click(self, text: str, tag: str = "*") -> None:
        """The last thing that shows just this text: what lies on top comes last."""
        self.act(f"(//{tag}[normalize-space()={_quoted(text)}])[last()]", Element.click)

    def button(self, text: str) -> None:
        """Waits until it does something: on those that are out of use clicks are lost."""
        usable = f"normalize-space()={_quoted(text)} and not(contains(@class, '{_OUT_OF_USE}'))"
        self.act(f"(//button[{usable}])[last()]", Element.click)

    def menu(self, name: str, item: str) -> None:
        """One of the browser's menus; opened again where the page has closed it meanwhile."""
        path = f"(//*[normalize-space()={_quoted(item)}])[last()]"

        def clicked() -> bool:
            return self._done(path, Element.click)

        def chosen() -> bool:
            if self.browser.comes_true(clicked, 0):
                return True
            self.click(name, "span")
            return self.browser.comes_true(clicked, SOON)

        self.wait(chosen, f"{item} in the menu {name}")

    def type(self, selector: str, text: str) -> None:
        element = self.wait(lambda: self.browser.find(selector), selector)
        element.type(text)

    def head(self, column: str) -> Element:
        return self.element(f"//*[@draggable='true']/*[text()={_quoted(column)}]")

    def downloaded(self, pattern: str) -> Path:
        """The file that the page has saved."""
        folder = self.browser.downloads
        return self.wait(lambda: next(folder.glob(pattern), None), f"a file {pattern}")

    def select_rows(self, *rows: int) -> None:
        """Checks their boxes."""
        for row in rows:
            self.act(f"(//span/input[@type='checkbox'])[{row + 1}]", Element.click)

    def confirm(self, text: str, button: str) -> None:
        """Types into the one input of a dialog, and goes on."""
        self.act("//*[@data-modal='true']//input", lambda field: field.type(text))
        self.button(button)

    def grant(self, typed: str, known_by: str) -> None:
        """Adds a role, a user or a Pointer to a dialog about permissions."""
        self.type("[data-modal=true] [placeholder^='Role']", typed)

        def added() -> bool:
            # It looks the name up first: a key that comes too early does nothing.
            there = known_by in self.browser.find("[data-modal=true]").text
            if not there:
                self.browser.focus.type(ENTER)
            return there

        self.wait(added, f"{typed} among those with permissions")

    def tick(self, right: str) -> None:
        """Changes what everybody may."""
        path = f"(//*[@data-modal='true']//span[text()={_quoted(right)}])[1]/.."
        self.act(path, Element.click)

    def field(self, label: str) -> str:
        """The path of what follows a label."""
        return (
            f"(//*[normalize-space(text())={_quoted(label)}])[last()]/following::*"
            "[self::input or self::textarea or @role='combobox'][1]"
        )

    def fill(self, label: str, text: str) -> None:
        self.act(self.field(label), lambda field: field.type(text))

    def answer_yes(self, question: str) -> None:
        path = f"(//*[normalize-space(text())={_quoted(question)}])[last()]"
        self.act(f"{path}/following::*[text()='Yes'][1]", Element.click)

    def choose(self, label: str, option: str) -> None:
        self.act(self.field(label), Element.click)
        self.act(
            f"(//*[@role='option' and normalize-space()={_quoted(option)}])[last()]", Element.click
        )

    def pick(self, path: str, text: str, offered: str | None = None) -> None:
        """Types into an input and takes what it then offers, `text` itself where nothing else."""
        self.act(path, lambda field: field.type(SELECT_ALL + text))
        self.act(f"//li[contains(normalize-space(), {_quoted(offered or text)})]", Element.click)

    def heads(self) -> list[str]:
        found: list[str] = self.browser.run(f"{_TABLE} return heads")
        return found

    def rows(self) -> list[dict[str, str]]:
        """What the data browser's table shows."""
        found: list[dict[str, str]] = self.browser.run(
            f"""{_TABLE}
            return rows.map(cells => Object.fromEntries(
              cells.map((cell, place) => [heads[place], cell.innerText])));"""
        )
        return found

    def column(self, name: str) -> list[str]:
        return [row[name] for row in self.rows()]

    def wait_for_column(self, name: str) -> None:
        self.wait(lambda: name in self.heads(), f"a column {name}")

    def cell(self, row: int, column: str) -> Element:
        def look() -> Element | None:
            found = self.browser.run(
                f"""{_TABLE}
                const cell = rows[arguments[0]]?.[heads.indexOf(arguments[1])];
                cell?.scrollIntoView({{block: 'center', inline: 'center'}});
                return cell;""",
                row,
                column,
            )
            return self.browser.element(found) if found else None

        return self.wait(look, f"{column} in row {row}")

    def open_editor(self, row: int, column: str, path: str | None = None) -> Element:
        """Of a cell: what `path` leads to, or an input with the focus."""

        def editor() -> Element:
            if path is None:
                return self.browser.find(":is(input, textarea):focus")
            return self.browser.find_by_xpath(path)

        def opened() -> Element:
            self.cell(row, column).double_click()
            self.browser.comes_true(lambda: bool(editor()), SOON)
            return editor()

        return self.wait(opened, f"an editor for {column}")

    def edit(self, row: int, column: str, *texts: str) -> None:
        """Types into a cell what replaces its value, into one input after the other."""
        self.open_editor(row, column)
        for text in texts:
            self.browser.focus.type(SELECT_ALL + text)
        self.browser.focus.type(ENTER)

    def _done(self, path: str, action: Callable[[Element], None]) -> bool:
        action(self.browser.find_by_xpath(path))
        return True


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"
