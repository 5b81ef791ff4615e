"""How the page looks: one palette for light and one for dark, one layout in line and one side by side."""

# Each colour of text with each ground it may stand on; tests hold them against WCAG 2.2, 1.4.3.
PALETTES = {
    "light": {
        "paper": "#fdfcf9", "raised": "#f5f3ee", "rule": "#dcd8cf",
        "ink": "#1e2024", "quiet": "#595e67", "link": "#1d4e89",
        "gone-ink": "#8f1a12", "gone": "#fbe8e4", "new-ink": "#0c5540", "new": "#dff2e8",
        "look-ink": "#6a4a00", "look": "#f9efd2", "moved-ink": "#3a4488", "moved": "#e8eaf8",
    },
    "dark": {
        "paper": "#15171a", "raised": "#1d2024", "rule": "#363b42",
        "ink": "#e6e3dc", "quiet": "#a4a9b1", "link": "#93bdf2",
        "gone-ink": "#ffb8ab", "gone": "#4a201b", "new-ink": "#9fe6c6", "new": "#143d2e",
        "look-ink": "#f2d690", "look": "#3d3314", "moved-ink": "#c3ccff", "moved": "#282f56",
    },
}  # fmt: skip
GROUNDS = {
    "ink": ("paper", "raised", "gone", "new", "look", "moved"), "quiet": ("paper", "raised"),
    "link": ("paper", "raised", "gone", "new"), "gone-ink": ("gone", "paper", "raised"),
    "new-ink": ("new", "paper", "raised"), "look-ink": ("look", "paper", "raised"),
    "moved-ink": ("moved", "paper", "raised"),
}  # fmt: skip

# What a reader chooses, or the width of the window does. Nested, as it is said for both.
_SIDE_BY_SIDE = """
  --sheet: 84rem;
  & .pair, & .heads { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); column-gap: 2.5rem; }
  & .pair > .one, & .pair > .away { grid-column: 1; grid-row: 1; }
  & .pair > .two { display: block; grid-column: 2; grid-row: 1; }
  & .pair > .two.item, & .pair > .two.ordered { display: list-item; }
  & .one > ins, & .one > .space, & .one > .ignored > .new, & .one > .arrow { display: none; }
  & .one > .ignored > .old::after { content: none; }
  & .regroup { display: block; }
  & .pair > .one::before { content: "Before: "; }
  & .pair > .two:not(.only)::before { content: "After: "; }
"""
_SAID = """position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap; border: 0;"""

_REST = """
*, ::before, ::after { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); scroll-padding-top: 4.5rem; -webkit-text-size-adjust: 100%;
  text-size-adjust: 100%; }
body { --sheet: 44rem; --serif: "Iowan Old Style", "Palatino Nova", Palatino, Charter, "Noto Serif", Georgia, serif;
  margin: 0; font: 1.0625rem/1.65 var(--serif); overflow-wrap: anywhere; line-break: strict; }
header, nav, main, footer, #bar > div { max-width: var(--sheet); margin: 0 auto; padding: 0 1.25rem; }
h1, h2, h3, h4, h5, h6, dl, summary, #bar, .steps, .op, .place, .what, .note, .left, .away, .from, .mark, .gap,
  .fold > summary,
p.fold, .heads, .setting, table.facts th, table.fields th, footer, .kicker, .skip, .turn, .gist
  { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; }
p { margin: 0 0 .75em; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .18em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px; }
.step:focus { outline: none; }
:lang(ar), :lang(fa), :lang(ur), :lang(ckb), :lang(ps), :lang(he), :lang(zh), :lang(ja), :lang(ko), :lang(th), :lang(my)
  { line-height: 1.9; }
.said, del::before, del::after, ins::before, ins::after, .pair > .one::before, .pair > .two::before { SAID }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; z-index: 3; padding: .5rem .75rem; background: var(--paper); }

/* What was dropped and added: by colour, by line, and in words for whoever sees neither. */
del, ins { unicode-bidi: isolate; padding: .06em .1em; border-radius: 3px; -webkit-box-decoration-break: clone;
  box-decoration-break: clone; }
del { color: var(--gone-ink); background: var(--gone); text-decoration: line-through 1px; }
ins { color: var(--new-ink); background: var(--new); text-decoration: underline 1.5px; text-underline-offset: .2em; }
del + ins { margin-inline-start: .2em; }
del::before { content: " [dropped: "; }
ins::before { content: " [added: "; }
del::after, ins::after { content: "] "; }
del.look, ins.look { color: var(--look-ink); background: var(--look); }
.dropped .one > del, .added .two > ins { display: block; padding: .4em .75em; border-inline-start: 3px solid;
  border-radius: 2px;
  text-decoration-thickness: 1px; }
.dropped .one > del { text-decoration-color: color-mix(in srgb, currentcolor 55%, transparent); }
.added .two > ins { text-decoration-color: color-mix(in srgb, currentcolor 45%, transparent); }
.ignored { color: var(--quiet); border-bottom: 1px dotted currentcolor; unicode-bidi: isolate; }
.ignored > .old { text-decoration: none; }
.ignored > .old:not(:last-child)::after { content: " → "; }
.left, .note { color: var(--quiet); font-size: .8125rem; }
.absent, .arrow { color: var(--quiet); }

/* The head. */
header { padding-top: 3rem; padding-bottom: .5rem; }
header > *, nav > *, .stood, .fold p { max-width: 44rem; }
.kicker { margin: 0 0 .5rem; color: var(--quiet); font-size: .8125rem; letter-spacing: .02em; }
h1 { margin: 0 0 1rem; font-size: clamp(1.5rem, 1.2rem + 1.4vw, 2.125rem); line-height: 1.25; font-weight: 650;
  text-wrap: balance; letter-spacing: -.01em; }
h1:lang(ar), h1:lang(fa), h1:lang(ur), h1:lang(zh), h1:lang(ja), h1:lang(ko) { line-height: 1.5; letter-spacing: 0; }
.summary { margin: 0 0 1.5rem; font-size: 1.125rem; line-height: 1.55; text-wrap: pretty; }
.class { font-weight: 700; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .3rem 1.5rem; margin: 0 0 1.5rem;
  padding: 1rem 0; border-block: 1px solid var(--rule); font-size: .875rem; line-height: 1.5; }
dt { color: var(--quiet); grid-column: 1; }
dd { margin: 0; grid-column: 2; }
.warning { padding: .6rem .9rem; border-inline-start: 3px solid var(--look-ink); background: var(--look);
  color: var(--ink);
  font-size: .9375rem; line-height: 1.5; }

/* The list of changes. */
nav summary, nav h2 { margin: 1rem 0 .5rem; font-size: .875rem; font-weight: 600; line-height: 1.5; }
summary { cursor: pointer; }
.steps { margin: 0 0 1.5rem; padding: 0; list-style: none; font-size: .875rem; line-height: 1.5; }
.steps li { padding: .3rem 0; border-top: 1px solid var(--rule); }
.steps a { text-decoration: none; }
.steps a:hover { text-decoration: underline; }
.gist { color: var(--quiet); }
.place { color: var(--quiet); font-variant-numeric: tabular-nums; white-space: nowrap; }

/* The bar that stays. */
#bar { position: sticky; top: 0; z-index: 2; background: var(--paper); border-block: 1px solid var(--rule);
  font-size: .8125rem; line-height: 1.4; }
#bar > div { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.25rem; padding-block: .45rem; }
fieldset { display: flex; gap: 0; margin: 0; padding: 0; border: 0; }
fieldset label { position: relative; }
fieldset input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
fieldset span { display: block; padding: .25rem .7rem; border: 1px solid var(--rule); color: var(--quiet); }
fieldset label:first-of-type span { border-start-start-radius: 4px; border-end-start-radius: 4px; }
fieldset label:last-of-type span { border-start-end-radius: 4px; border-end-end-radius: 4px; }
fieldset label + label span { border-inline-start: 0; }
fieldset :checked + span { background: var(--ink); border-color: var(--ink); color: var(--paper); }
fieldset :focus-visible + span { outline: 2px solid var(--link); outline-offset: 2px; }
#turn { display: flex; align-items: center; gap: .5rem; margin-inline-start: auto; }
[hidden] { display: none !important; }
#turn label { color: var(--quiet); display: inline-flex; gap: .35rem; align-items: center; }
#at { margin: 0; color: var(--quiet); font-variant-numeric: tabular-nums; }
button { font: inherit; color: var(--ink); background: none; border: 1px solid var(--rule); border-radius: 4px;
  padding: .2rem .55rem; cursor: pointer; }
button:hover { background: var(--raised); }
kbd { font: inherit; padding: 0 .3em; border: 1px solid var(--rule); border-radius: 3px; }

/* Changes. */
main { padding-bottom: 4rem; }
h2 { font-size: 1.125rem; line-height: 1.35; font-weight: 650; margin: 2.75rem 0 .75rem; }
.head { display: flex; align-items: baseline; gap: 1rem; }
.head > :first-child { flex: 1; min-width: 0; }
.turn { display: inline-flex; gap: .1rem; flex: none; font-size: .875rem; }
.turn a { display: block; min-width: 1.5rem; padding: .1rem .25rem; color: var(--quiet); text-align: center;
  text-decoration: none; }
.turn a:hover { color: var(--link); }
article.step { margin: 2rem 0; }
article.step h3, article.step h4, article.step h5, article.step h6 { margin: 0 0 .6rem; padding-top: .5rem;
  font-size: .875rem; line-height: 1.5; font-weight: 400; color: var(--quiet); }
article.step > .head { border-top: 1px solid var(--rule); align-items: first baseline; }
article.step .head .place { color: var(--ink); font-weight: 650; margin-inline-end: .35em; }
.step:focus > .head, .step:target > .head { border-top-color: var(--link); box-shadow: 0 -2px 0 var(--link); }
.step:focus > .head .place, .step:target > .head .place { color: var(--link); }
.part:focus > .head h2, .part:target > .head h2 { color: var(--link); }
section.part > .head { box-shadow: none !important; }
.heading { margin: 2.5rem 0 .75rem; font: 650 1.1875rem/1.4 var(--serif); }
.stood { color: var(--quiet); }
.item, .ordered { display: list-item; margin-inline-start: 1.25em; padding-inline-start: .2em; list-style: disc; }
.ordered { list-style: "– "; }
.two { display: none; }
.two.only { display: block; }
.two.only.item, .two.only.ordered { display: list-item; }
.regroup { display: none; }
.heads { display: none; margin-bottom: -.25rem; }
.heads p { margin: 0; }
.pair > p { min-width: 0; }
.away, .from { font-size: .8125rem; color: var(--quiet); margin-bottom: .4em; }
.from a, .away a { color: var(--moved-ink); }
.from::before, .away::before { content: "⇅ "; color: var(--moved-ink); }
.moved .two { padding: .4em .75em; border-inline-start: 3px solid var(--moved-ink); background: var(--moved); }
.setting { font-size: .875rem; }
.address { font-size: .8125rem; line-height: 1.5; word-break: break-all; }

/* Passages by their kind. */
p.heading, .step p.heading { font: 650 1.1875rem/1.4 var(--serif); margin: 0 0 .5em; }
.depth-2 { margin-inline-start: 2.65em; }
.depth-3 { margin-inline-start: 4.05em; }
.depth-4 { margin-inline-start: 5.45em; }
.quotation { padding-inline-start: 1.1em; border-inline-start: 2px solid var(--rule); }
.preformatted { white-space: pre-wrap; font: .875rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.footnote { font-size: .9375rem; }
.figure { font-size: .9375rem; font-style: italic; }
.figure .address { font-style: normal; display: block; }
.term { font-weight: 600; }

/* What is folded. */
details.fold, p.fold { margin: 1.25rem 0; font-size: .8125rem; color: var(--quiet); }
.fold > summary { padding: .15rem 0; }
.fold .place { margin-inline-end: .5em; }
.fold > summary:hover { color: var(--link); }
details.fold[open] { padding-inline-start: 1rem; border-inline-start: 2px solid var(--rule); }
details.fold > :not(summary) { font-size: .9375rem; }
details summary h2 { display: inline; margin: 0; font-size: 1rem; font-weight: 500; }
article.part { position: relative; margin: 2rem 0 0; }
article.part > details > summary { padding-inline-end: 4rem; }
article.part > .turn { position: absolute; top: .15rem; inset-inline-end: 0; }

/* Tables. */
.scroll { position: relative; overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; font-size: .9375rem; line-height: 1.5; font-variant-numeric: tabular-nums; }
.scroll table { width: max-content; overflow-wrap: normal; }
.scroll td, .scroll th { max-width: 22rem; }
tr.marks > td { padding-bottom: 0; border-bottom: 0; }
caption { text-align: start; padding-bottom: .5rem; font-size: .875rem; color: var(--quiet); }
th, td { padding: .35rem .8rem .35rem 0; padding-inline: 0 .9rem; text-align: start; vertical-align: top;
  border-bottom: 1px solid var(--rule); }
thead th { font-weight: 650; border-bottom-color: var(--quiet); }
.scroll tbody tr:not(:has(.new, .gone, .edited, .mark:not(:empty))) > td { color: var(--quiet); }
.mark, .gap { color: var(--quiet); font-size: .75rem; white-space: nowrap; }
.gap { font-style: italic; }
table.facts, table.fields { width: 100%; max-width: 56rem; }
table.facts th, table.fields th { width: 11rem; font-size: .875rem; font-weight: 600; }
table tbody tr:first-child > * { border-top: 1px solid var(--rule); }
.scroll table tbody tr:first-child > * { border-top: 0; }
.op { display: inline-block; color: var(--quiet); font-size: .8125rem; font-weight: 400; }
table.facts .op, td > .value { display: block; }
ul.numbers { display: flex; flex-wrap: wrap; gap: .4rem 1.75rem; margin: 0; padding: 0; list-style: none;
  font-variant-numeric: tabular-nums; }
ul.links, ul.only { margin: 0; padding: 0; list-style: none; font-size: .9375rem; }
ul.links li, ul.only li { padding: .45rem 0; border-top: 1px solid var(--rule); }
ul.links .address { display: block; }
ul.links .op { min-width: 5.5rem; }
footer { padding-top: 1.5rem; padding-bottom: 3rem; color: var(--quiet); font-size: .8125rem; line-height: 1.6; }
footer > p { border-top: 1px solid var(--rule); padding-top: 1rem; max-width: 46rem; }

@media (max-width: 40rem) {
  header { padding-top: 1.75rem; }
  header, nav, main, footer, #bar > div { padding-inline: 1rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dt { margin-top: .5rem; }
  dt:first-of-type { margin-top: 0; }
  dt, dd { grid-column: 1; }
  table.facts tr, table.fields tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--rule); }
  table.facts th, table.facts td, table.fields th, table.fields td { display: block; width: auto; padding: 0;
    border: 0 !important; }
  table.facts .op { display: inline; margin-inline-start: .4em; }
  #bar > div { gap: .25rem .5rem; }
  fieldset span { padding-inline: .45rem; }
  #turn { gap: .3rem; }
  .step { scroll-margin-top: -1rem; }
  #turn label { display: none; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print {
  @page { margin: 18mm 16mm; }
  html, body { background: none; }
  html { font-size: 9.5pt; }
  body { line-height: 1.5; }
  #bar, .skip, .turn, nav, .fold > :not(summary) { display: none !important; }
  .fold > summary { list-style: none; }
  header, main, footer { max-width: none; padding-inline: 0; }
  header { padding-top: 0; }
  del, ins, .moved .two, .warning { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  del { text-decoration-thickness: 1.2px; }
  ins { text-decoration: underline double 1px; font-weight: 600; }
  .added .two > ins { font-weight: inherit; }
  .head, h1, h2, h3, h4, h5, h6 { break-after: avoid; }
  tr, li { break-inside: avoid; }
  p { orphans: 3; widows: 3; }
  a { color: inherit; text-decoration: none; }
  article.step { margin: 1.2em 0; }
}
"""


def _variables(palette: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in palette.items())


STYLE = f"""
:root {{ color-scheme: light dark; {_variables(PALETTES["light"])} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {_variables(PALETTES["dark"])} }} }}
{_REST.strip().replace("SAID", _SAID)}
@media (min-width: 64rem) {{ body:not(:has(#in-line:checked)) {{{_SIDE_BY_SIDE}}} }}
body:has(#side-by-side:checked) {{{_SIDE_BY_SIDE}}}
"""
