// The colours of the report, by meaning. Each text colour has a contrast of at least 4.5:1 on both
// of its backgrounds. @source WCAG 2.2, 1.4.3

/** For paper and bright rooms. */
export const light = `
  --paper: #fbfaf7; --panel: #ffffff; --ink: #1c2127; --soft: #565e68; --rule: #e3e0d8;
  --code: #f1efe9; --good: #17703a; --good-wash: #e3f2e7; --bad: #ab2117; --bad-wash: #fbe7e3;
  --unknown: #835300; --unknown-wash: #faefd3; --waived: #5442a8; --waived-wash: #ece9f9;
  --quiet: #5c646e; --quiet-wash: #eeece6;`

/** For readers who prefer a dark theme. */
export const dark = `
  --paper: #11151a; --panel: #181d24; --ink: #e7e9ec; --soft: #a3adb8; --rule: #2d353f;
  --code: #212832; --good: #63d18f; --good-wash: #17311f; --bad: #ff9184; --bad-wash: #3d1c19;
  --unknown: #ecbb55; --unknown-wash: #362a10; --waived: #b9aeff; --waived-wash: #28234a;
  --quiet: #a3adb8; --quiet-wash: #232a33;`
