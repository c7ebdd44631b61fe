// Text, links and the few classes that all sections share.

export const base = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font:
    16px/1.55 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial,
    sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
h1, h2, h3, h4 { line-height: 1.2; text-wrap: balance; margin: 0; }
h2 { font-size: 1.5rem; letter-spacing: -.012em; margin-bottom: .35rem; }
h3 { font-size: 1.06rem; }
p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
a {
  color: inherit; text-decoration-color: var(--soft); text-underline-offset: .18em;
  text-decoration-thickness: 1px;
}
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid currentColor; outline-offset: 3px; border-radius: 3px; }
code, kbd, pre {
  font:
    .86em/1.5 ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono",
    monospace;
}
.soft { color: var(--soft); }
.small { font-size: .875rem; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.unknown { color: var(--unknown); }
.waived { color: var(--waived); }
.quiet { color: var(--quiet); }
.tag {
  display: inline-flex; gap: .35em; align-items: baseline; border-radius: .85em;
  padding: .1em .65em; font-size: .8125rem; font-weight: 600;
}
.tag.good { background: var(--good-wash); }
.tag.bad { background: var(--bad-wash); }
.tag.unknown { background: var(--unknown-wash); }
.tag.waived { background: var(--waived-wash); }
.tag.quiet { background: var(--quiet-wash); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--panel); padding: .5rem 1rem; z-index: 1; }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
summary { cursor: pointer; color: var(--soft); font-size: .875rem; width: fit-content; }
summary:hover { color: var(--ink); }
details[open] > summary { margin-bottom: .5rem; }
`
