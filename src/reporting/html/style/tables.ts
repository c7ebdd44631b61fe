// Tables, the filter of the clauses, and the list of verdicts.

export const tables = `
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td {
  text-align: left; vertical-align: top; padding: .6rem .9rem .6rem 0;
  border-top: 1px solid var(--rule);
}
thead th {
  border-top: 0; color: var(--soft); font-size: .8125rem; font-weight: 600;
  padding-block: .2rem .4rem; overflow-wrap: normal;
}
tbody th { font-weight: 400; }
td:last-child, th:last-child { padding-right: 0; }
.group th {
  font-weight: 650; font-size: 1rem; padding-top: 1.5rem; border-top: 0; text-transform: capitalize;
}
.number { text-align: right; white-space: nowrap; }
.nowrap { white-space: nowrap; }
.meter {
  width: 100%; min-width: 6rem; max-width: 12rem; height: 18px; margin: 0; overflow: visible;
}
.against { min-width: 12rem; }
.gauge > span { margin-left: auto; min-width: 3.4em; text-align: right; }
.gauge { display: flex; gap: .4em; align-items: center; }
.drills tbody th { min-width: 14rem; }
.links { display: flex; flex-wrap: wrap; gap: .05rem .8rem; }
.links + .links { margin-top: .2rem; }
.clause { max-width: 34rem; }
.clause code { font-weight: 600; }
fieldset {
  border: 0; margin: 0 0 .6rem; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem .5rem;
}
fieldset label {
  border: 1px solid var(--rule); border-radius: 99px; padding: .18rem .85rem; font-size: .875rem;
  cursor: pointer; background: var(--panel);
}
fieldset input { position: absolute; opacity: 0; }
fieldset label:has(:checked) {
  background: var(--ink); color: var(--paper); border-color: var(--ink);
}
fieldset label:has(:focus-visible) { outline: 2px solid currentColor; outline-offset: 2px; }
section:has(#show-open:checked) tr[data-state]:not([data-open]) { display: none; }
section:has(#show-planned:checked) tr[data-state]:not([data-state=planned]) { display: none; }
section:has(#show-open:checked) tbody:not(:has([data-open])),
section:has(#show-planned:checked) tbody:not(:has([data-state=planned])) {
  display: none;
}
.subjects { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .875rem; }
.invariant { display: grid; grid-template-columns: 1.2em 1fr auto; gap: .1rem .7rem; }
.invariant > * { grid-column: 2; }
.invariant > .sign { grid-column: 1; font-weight: 700; }
.invariant > .count {
  grid-column: 3; grid-row: 1; white-space: nowrap; color: var(--soft); font-size: .9375rem;
}
.verdicts h3 { margin: 1.6rem 0 .5rem; text-transform: capitalize; }
.options li { padding-left: 1.4em; text-indent: -1.4em; }
.options .chosen { font-weight: 600; }
`
