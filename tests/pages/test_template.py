"""Templates: names, sections, partials, and what clients cannot do with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.pages.template import client_text, escape, parse, render, render_plain

HOSTILE = '<script>alert("1")</script>\'`=/&'
ESCAPED = "&lt;script&gt;alert(&quot;1&quot;)&lt;&#x2F;script&gt;&#39;&#x60;&#x3D;&#x2F;&amp;"


def filled(template: str, **values: object) -> str:
    return render(parse(template), values)


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("Hello {{name}}!", {"name": "Ada"}, "Hello Ada!"),
        ("{{ name }}{{name}}", {"name": "x"}, "xx"),
        ("[{{missing}}]", {}, "[]"),
        ("{{a.b.c}}", {"a": {"b": {"c": 1}}}, "1"),
        ("[{{a.b}}]", {"a": "text"}, "[]"),
        ("{{true}} {{no}} {{whole}} {{part}} [{{none}}]",
         {"true": True, "no": False, "whole": 2.0, "part": 1.5, "none": None},
         "true false 2 1.5 []"),
        ("{{#list}}<{{.}}>{{/list}}", {"list": ["a", "b"]}, "<a><b>"),
        ("{{#list}}{{name}} of {{app}};{{/list}}",
         {"list": [{"name": "x"}, {"name": "y"}], "app": "A"}, "x of A;y of A;"),
        ("{{#user}}{{name}}{{/user}}", {"user": {"name": "Ada"}}, "Ada"),
        ("{{#error}}no: {{error}}{{/error}}", {"error": ""}, ""),
        ("{{#error}}no: {{error}}{{/error}}", {"error": "why"}, "no: why"),
        ("{{^error}}fine{{/error}}", {}, "fine"),
        ("{{^error}}fine{{/error}}", {"error": "why"}, ""),
        ("{{^list}}none{{/list}}", {"list": []}, "none"),
        ("a{{! a comment\nof two lines }}b", {}, "ab"),
        ("a\n{{#x}}\nb\n{{/x}}\nc\n", {"x": True}, "a\nb\nc\n"),
        ("{{#open}}goes to the end", {"open": True}, "goes to the end"),
        ("closed{{/never}} opened", {}, "closed opened"),
        ("{ {{name} } {{", {"name": "x"}, "{ {{name} } {{"),
    ],
)  # fmt: skip
def test_templates_are_filled(template: str, values: dict[str, object], expected: str) -> None:
    assert filled(template, **values) == expected


def test_values_are_escaped_unless_the_template_asks_for_markup() -> None:
    assert filled("{{x}}", x=HOSTILE) == ESCAPED
    assert filled("{{{x}}} {{&x}}", x="<b>") == "<b> <b>"


def test_a_clients_text_is_escaped_even_where_the_template_asks_for_markup() -> None:
    assert filled("{{x}}|{{{x}}}|{{&x}}", x=client_text(HOSTILE)) == "|".join([ESCAPED] * 3)
    assert filled("{{#x}}{{{.}}}{{/x}}", x=client_text("<b>")) == "&lt;b&gt;"
    assert filled("{{#x}}there{{/x}}{{^x}}not there{{/x}}", x=client_text("")) == "not there"


def test_a_clients_text_is_no_template() -> None:
    assert filled("{{x}}", x=client_text("{{secret}}"), secret="s") == "{{secret}}"
    assert filled("{{{x}}}", x=client_text("{{secret}}"), secret="s") == "{{secret}}"


@pytest.mark.parametrize("name", ["x.__class__", "x.__len__", "__class__", "x.upper", "list.0"])
def test_a_name_finds_no_attribute(name: str) -> None:
    assert filled(f"[{{{{{name}}}}}]", x="text", list=["a"]) == "[]"


def test_later_values_go_before_earlier_ones() -> None:
    template = parse("{{a}}{{b}}{{c}}")

    assert render(template, {"a": 1, "b": 1, "c": 1}, {"b": 2, "c": 2}, {"c": 3}) == "123"


def test_plain_texts_are_not_escaped() -> None:
    assert render_plain(parse("{{x}} {{y}}"), {"x": "a&b", "y": client_text("<")}) == "a&b <"


def test_a_partial_is_taken_in_at_its_place() -> None:
    files = {"head.html": "<title>{{name}}</title>", "a/b": "{{> head.html }}!"}

    template = parse("{{> head.html}}, {{>a/b}}, {{>missing}}.", files.get)

    assert render(template, {"name": "x"}) == "<title>x</title>, <title>x</title>!, ."


def test_a_partial_that_names_itself_ends() -> None:
    template = parse("{{>a}}", {"a": "x{{>a}}"}.get)

    assert set(render(template)) == {"x"}


@given(st.text())
def test_nothing_of_a_text_is_markup(text: str) -> None:
    shown = filled("{{x}}", x=text)

    assert not set("<>\"'`=/") & set(shown)
    assert shown == escape(text)


@given(st.text(st.sampled_from("{}#/^&!> ab\n.")))
def test_any_template_can_be_shown(template: str) -> None:
    filled(template, a={"b": "x"}, b=[1, 2])
