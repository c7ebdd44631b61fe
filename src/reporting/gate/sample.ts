// Reports of a gate for tests: one with everything, a clean one, and one with hostile texts.
import type { GateFinding, GateReport, Place } from '#src/model/index.ts'

const web: Place = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'joelclaw',
  name: 'web',
  path: ['spec', 'template', 'spec', 'containers', 0],
}
const role: Place = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  name: 'reader',
  path: ['rules'],
}

const finding = (change: Partial<GateFinding>): GateFinding => ({
  file: 'k8s/web.yaml',
  line: 11,
  column: 11,
  endLine: 11,
  endColumn: 20,
  object: web,
  clauses: ['probes.startup'],
  rule: 'containers-have-probes',
  code: 'probe-missing:startup',
  seen: 'container main has no startup probe',
  expected: 'a startup probe',
  reason: 'a hung process stays Running',
  remedy: 'add startupProbe',
  status: 'violated',
  fingerprint: 'a'.repeat(24),
  ...change,
})

/** The text of its one file. */
export const webYaml = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: joelclaw
spec:
  selector: {matchLabels: {app: web}}
  template:
    spec:
      containers:
        - name: main
          image: app
          env:
            - name: DB_PASSWORD
              value: correct horse battery staple
`

export const clean: GateReport = {
  version: 1,
  verb: 'gate',
  cluster: 'joelclaw',
  documents: [{ id: 'ADR', title: 'A policy' }],
  kubernetes: '1.35',
  holdfast: '0.1.0',
  startedAt: Date.parse('2026-11-21T12:00:00Z'),
  endedAt: Date.parse('2026-11-21T12:00:00.240Z'),
  files: ['k8s/web.yaml'],
  objects: [
    { file: 'k8s/web.yaml', place: { ...web, path: [] } },
    { file: 'k8s/web.yaml', place: { ...role, path: [] } },
  ],
  rules: [
    {
      name: 'containers-have-probes',
      title: 'every long-running container has probes',
      reason: 'without them a hung process stays Running',
      clauses: ['probes.startup', 'probes.liveness'],
    },
    {
      name: 'images-are-pinned',
      title: 'every image is pinned by a digest or an unchanging tag',
      reason: 'a tag that moves runs something else',
      clauses: ['services.images-pinned'],
    },
    {
      name: 'no-plain-secrets',
      title: 'no manifest contains a secret',
      reason: 'everybody can read what is committed',
      clauses: [],
    },
  ],
  findings: [],
  unknowns: [],
  notes: [],
  exitCode: 0,
}

export const sample: GateReport = {
  ...clean,
  exitCode: 1,
  files: ['k8s/broken.yaml', 'k8s/web.yaml'],
  findings: [
    finding({}),
    finding({
      code: 'probe-missing:liveness',
      seen: 'container main has no liveness probe',
      expected: 'a liveness probe',
      remedy: 'add livenessProbe',
      fingerprint: 'b'.repeat(24),
    }),
    finding({
      line: 12,
      column: 18,
      endLine: 12,
      endColumn: 21,
      object: { ...web, path: [...web.path, 'image'] },
      rule: 'images-are-pinned',
      code: 'no-tag',
      clauses: ['services.images-pinned'],
      seen: 'it wants app',
      expected: 'a tag that stays',
      remedy: 'name the version',
      reason: 'a tag that moves runs something else',
      change: { to: 'app:1.0.0' },
      fingerprint: 'c'.repeat(24),
    }),
    finding({
      line: 15,
      column: 22,
      endLine: 15,
      endColumn: 50,
      rule: 'no-plain-secrets',
      code: 'secret-in-variable',
      clauses: [],
      seen: 'DB_PASSWORD has a literal',
      expected: 'a reference to a Secret',
      remedy: 'use valueFrom.',
      fingerprint: 'd'.repeat(24),
    }),
    finding({
      status: 'waived',
      waiver: { owner: 'joel', reason: 'a known gap', until: '2027-01-31', from: 'policy' },
      code: 'probe-missing:readiness',
      seen: 'container main has no readiness probe',
      fingerprint: 'e'.repeat(24),
    }),
    finding({
      status: 'waived',
      waiver: { owner: 'kim', reason: 'asked upstream', until: '2027-02-28', from: 'object' },
      object: role,
      line: 1,
      column: 1,
      endLine: 3,
      endColumn: 1,
      fingerprint: 'f'.repeat(24),
    }),
    finding({
      status: 'baseline',
      code: 'old',
      seen: 'it was there before',
      fingerprint: '0'.repeat(24),
    }),
  ],
  unknowns: [
    {
      file: 'k8s/broken.yaml',
      line: 3,
      column: 5,
      code: 'too-deep',
      message: 'it is nested too deep.',
      remedy: 'write it flatter',
    },
    { code: 'render-missing', message: 'no helm is installed', remedy: 'install helm' },
  ],
  notes: [
    {
      file: 'k8s/values.yaml',
      line: 1,
      kind: 'not-judged',
      code: 'helm-values',
      message: 'the values of a Helm chart',
    },
    {
      file: 'k8s/web.yaml',
      line: 4,
      kind: 'foreign-waiver',
      code: 'waiver-of-polaris',
      message: 'an annotation exempts it from every check of Polaris',
    },
  ],
}

/** A finding can contain any text of a manifest. */
export const hostile: GateReport = {
  ...clean,
  exitCode: 1,
  findings: [
    finding({
      file: 'k8s/a b,c:%0A::error::é\u2028.yaml',
      seen: ']]></failure><!-- \u001b[31m\u0000 "quoted" & \ud800\nnext ::error::',
      code: 'x:<y>&"z"',
      remedy: '',
      expected: '\r\n%0A',
      object: { kind: 'Deployment', name: '<web>"&', path: ['a/b', 0] },
    }),
  ],
}
