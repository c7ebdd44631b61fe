// The frame of the page: its head with the verdict, the navigation and the footer.

export const frame = `
.page { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem 4rem; }
.hero { padding: 2.6rem 0 2.2rem; }
.eyebrow {
  display: flex; flex-wrap: wrap; gap: .2rem .9rem; color: var(--soft); font-size: .9375rem;
}
.eyebrow strong { color: var(--ink); }
h1 {
  font-size: clamp(2.3rem, 6.4vw, 3.9rem); letter-spacing: -.028em; font-weight: 680;
  margin: .5rem 0 .7rem; display: flex; gap: .32em; align-items: center;
}
h1 .sign {
  flex: none; display: grid; place-items: center; width: 1.2em; height: 1.2em; border-radius: 50%;
  font-size: .62em; line-height: 1; background: var(--good-wash);
}
h1.bad .sign { background: var(--bad-wash); }
h1.unknown .sign { background: var(--unknown-wash); }
.lead { font-size: 1.125rem; max-width: 62ch; color: var(--ink); }
.proof {
  display: flex; flex-wrap: wrap; gap: .1rem .7rem; align-items: baseline; margin: 1.5rem 0 0;
  padding: .7rem 1rem; border: 1px solid var(--rule); border-radius: 8px; background: var(--panel);
  font-size: .9375rem;
}
.proof.rehearsal {
  border-color: var(--unknown); color: var(--ink);
  background:
    repeating-linear-gradient(-45deg, var(--unknown-wash) 0 9px, transparent 9px 18px),
    var(--panel);
}
.proof strong { letter-spacing: .01em; background: inherit; }
.proof.rehearsal > * { background: var(--panel); padding: .05em .45em; border-radius: 4px; }
.tally {
  display: grid; gap: 1.1rem 2.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); margin-top: 1.6rem;
}
.tally h2 { font-size: .9375rem; font-weight: 600; letter-spacing: 0; margin: 0; }
.bar {
  display: flex; gap: 2px; height: .75rem; margin: .45rem 0 .5rem; print-color-adjust: exact;
  -webkit-print-color-adjust: exact;
}
.bar span { min-width: 5px; border-radius: 2px; background: currentColor; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .875rem; color: var(--soft); }
.legend b { font-weight: 600; }
nav {
  border-block: 1px solid var(--rule); padding: .7rem 0; margin-bottom: 2.6rem; position: sticky;
  top: 0; background: var(--paper); z-index: 1;
}
nav ul { display: flex; gap: .2rem 1.3rem; flex-wrap: wrap; font-size: .9375rem; }
nav a { text-decoration: none; white-space: nowrap; }
nav a:hover { text-decoration: underline; }
main > section { margin-bottom: 3.4rem; scroll-margin-top: 4rem; }
main > section > .soft:first-of-type { margin-bottom: 1.1rem; max-width: 68ch; }
[id] { scroll-margin-top: 4rem; }
footer {
  border-top: 1px solid var(--rule); padding-top: 1rem; color: var(--soft); font-size: .875rem;
}
`
