// Inputs that the gate cannot judge: those that it reports as unknown, and those that it only
// notes.

export interface Odd {
  code: string
  /** The content of the file. */
  what: string
  file: string
  text: () => string
}

const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd, namespace: shop}\n'
const bomb = Array.from(
  { length: 12 },
  (_, level) =>
    `  a${level}: &a${level} ` +
    `[${Array.from({ length: 9 }, () => (level === 0 ? 'x' : `*a${level - 1}`)).join(', ')}]\n`,
).join('')
const custom = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: lamps.example.dev}
spec:
  group: example.dev
  scope: Namespaced
  names: {kind: Lamp, plural: lamps, singular: lamp, listKind: LampList}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          x-kubernetes-validations: [{rule: self.spec.size > 0}]
          properties: {spec: {type: object, properties: {size: {type: integer}}}}
---
apiVersion: example.dev/v1
kind: Lamp
metadata: {name: desk, namespace: shop}
spec: {size: 7}
`

/** The gate reports each of these as unknown, never as a pass. */
export const unknowns: readonly Odd[] = [
  {
    code: 'control-character',
    what: 'a letter that is none',
    file: 'a.yaml',
    text: () => `${object}data: {a: "\u0001"}\n`,
  },
  {
    code: 'too-large',
    what: 'a document that no API would take',
    file: 'a.yaml',
    text: () => `${object}data: {a: "${'x'.repeat(16 * 2 ** 20)}"}\n`,
  },
  {
    code: 'too-deep',
    what: 'brackets without end',
    file: 'a.yaml',
    text: () => `${object}data: ${'['.repeat(20_000)}\n`,
  },
  {
    code: 'alias-bomb',
    what: 'aliases that multiply',
    file: 'a.yaml',
    text: () => `${object}data:\n${bomb}`,
  },
]

/** The gate notes each of these and states that it did not judge them. */
export const notes: readonly Odd[] = [
  {
    code: 'helm-values',
    what: 'the values of a chart',
    file: 'values.yaml',
    text: () => 'replicas: 1\n',
  },
  {
    code: 'helm-chart',
    what: 'the description of a chart',
    file: 'Chart.yaml',
    text: () => 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  },
  {
    code: 'helm-test',
    what: 'a Helm test',
    file: 'a.yaml',
    text: () =>
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web-test, namespace: shop, annotations: ' +
      '{helm.sh/hook: test}}\nspec: {restartPolicy: Never, containers: [{name: curl, image: ' +
      'curl}]}\n',
  },
  {
    code: 'kustomization',
    what: 'a kustomization',
    file: 'kustomization.yaml',
    text: () => 'resources: [a.yaml]\n',
  },
  {
    code: 'local-file',
    what: 'a kubeconfig',
    file: 'config.yaml',
    text: () => 'apiVersion: v1\nkind: Config\nclusters: []\n',
  },
  {
    code: 'not-an-object',
    what: 'a Compose file',
    file: 'compose.yaml',
    text: () => 'services: {web: {image: nginx}}\n',
  },
  {
    code: 'schema:unknown',
    what: 'a custom object without its definition',
    file: 'a.yaml',
    text: () => 'apiVersion: example.dev/v1\nkind: Lamp\nmetadata: {name: desk, namespace: shop}\n',
  },
  {
    code: 'schema:rules',
    what: 'a definition with rules that only an API server evaluates',
    file: 'a.yaml',
    text: () => custom,
  },
  {
    code: 'api:off-by-default',
    what: 'an API that is off by default',
    file: 'a.yaml',
    text: () =>
      'apiVersion: certificates.k8s.io/v1beta1\nkind: ClusterTrustBundle\nmetadata: {name: ' +
      'trusted}\nspec: {trustBundle: none}\n',
  },
  {
    code: 'waiver-of-polaris',
    what: 'an exemption of Polaris',
    file: 'a.yaml',
    text: () =>
      object.replace(
        'namespace: shop',
        'namespace: shop, annotations: {polaris.fairwinds.com/exempt: "true"}',
      ),
  },
  {
    code: 'waiver-of-kube-score',
    what: 'an exemption of kube-score',
    file: 'a.yaml',
    text: () =>
      object.replace(
        'namespace: shop',
        'namespace: shop, annotations: {kube-score/ignore: pod-probes}',
      ),
  },
  {
    code: 'waiver-idle',
    what: 'a waiver of what nobody found',
    file: 'a.yaml',
    text: () =>
      object.replace(
        'namespace: shop',
        'namespace: shop, annotations: {holdfast.dev/waive: "pull-always; owner=joel; ' +
          'until=2999-12-31; reason=it moves"}',
      ),
  },
]
