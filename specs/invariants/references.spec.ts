// References: every selector finds what it was written for, and every name leads to an object.
import {
  placeOf,
  invariant,
  isJsonObject,
  verify,
  type Finding,
  type KubeObject,
  type Path,
  type Policy,
  type Question,
  type Answers,
} from '#helpers/index.ts'
import {
  budgets,
  claims,
  configMaps,
  inNamespace,
  secretsIn,
  serviceAccounts,
  services,
  statefulSets,
} from '#helpers/kubernetes/questions.ts'
import {
  containersOf,
  items,
  matches,
  ownNamespaces,
  podTemplates,
  templateQuestions,
  workloadTemplates,
  type PodTemplate,
} from '#helpers/kubernetes/templates.ts'

/** A workload that the policy names and nobody sees: what its pods are labelled is not known. */
const someoneIsMissing = (
  policy: Policy,
  namespace: string,
  templates: readonly PodTemplate[],
): boolean =>
  policy.workloads.some(
    ({ kind, name, ...known }) =>
      known.namespace === namespace &&
      !templates.some(({ object }) => object.kind === kind && object.metadata.name === name),
  )

/**
 * Files are what somebody chose to give: what stands beside them may be in others. In the API there
 * is nothing else.
 */
const arePart = (answers: Answers): boolean => answers.to(services).origin === 'manifests'

const idle = (object: KubeObject, what: string, path: Path): Finding => ({
  code: `selects-nothing:${object.kind}/${object.metadata.name}`,
  seen: `the selector of ${object.kind} ${object.metadata.namespace}/${object.metadata.name} finds no pod template`,
  expected: `labels that ${what} carries`,
  remedy: 'compare it with the labels of the pod template, letter by letter',
  at: placeOf(object, path),
})

/** Selectors of workloads that miss the labels of their own template. */
const strays = (templates: readonly PodTemplate[]): readonly Finding[] =>
  templates.flatMap(({ object, id, labels, namespace }) => {
    const spec = Reflect.get(object, 'spec') as {
      selector?: { matchLabels?: Record<string, string> }
    }
    return !isJsonObject(spec.selector) || matches(spec.selector, labels)
      ? []
      : [
          {
            code: `selector-misses-template:${id}`,
            seen: `the selector of ${object.kind} ${namespace}/${object.metadata.name} does not fit the labels of its own pod template`,
            expected: 'labels that its template carries: the API refuses anything else',
            remedy: 'write the same labels in spec.selector and in spec.template.metadata.labels',
            at: placeOf(object, ['spec', 'selector']),
          },
        ]
  })

/** StatefulSets whose Service is not there. */
const ungoverned = (answers: Answers, namespace: string): readonly Finding[] => {
  const known = new Set(
    inNamespace(answers(services), namespace).map(({ metadata }) => metadata.name),
  )
  if (known.size === 0 && arePart(answers)) return []
  return inNamespace(answers(statefulSets), namespace).flatMap(object => {
    const { serviceName } = object.spec ?? {}
    return serviceName === undefined || serviceName === '' || known.has(serviceName)
      ? []
      : [
          {
            code: `governing-service-missing:${object.metadata.name}`,
            seen: `StatefulSet ${namespace}/${object.metadata.name} names Service ${serviceName}, which is not there`,
            expected: 'its Service, which gives its pods their names in DNS',
            remedy: `add Service ${serviceName}, or correct the name`,
            at: placeOf(object, ['spec', 'serviceName']),
          },
        ]
  })
}

export const selectorsFindTheirPods = invariant({
  name: 'selectors-find-their-pods',
  title: 'every selector finds the pods that it was written for',
  reason:
    'a Service whose selector fits nothing refuses every connection, and everything about it looks healthy',
  subjects: policy => (policy.manifests.selectors ? ownNamespaces(policy) : []),
  observe: policy => (policy.manifests.selectors ? [...templateQuestions, services, budgets] : []),
  judge({ namespace }, answers, policy) {
    const workloads = workloadTemplates(answers, namespace)
    const templates = podTemplates(answers, namespace)
    const partial =
      someoneIsMissing(policy, namespace, workloads) || (templates.length === 0 && arePart(answers))
    const finds = (labels: Readonly<Record<string, string>>): boolean =>
      templates.some(template => matches({ matchLabels: labels }, template.labels))
    const emptyServices = inNamespace(answers(services), namespace).filter(
      ({ spec }) =>
        spec?.type !== 'ExternalName' &&
        Object.keys(spec?.selector ?? {}).length > 0 &&
        !finds(spec.selector ?? {}),
    )
    const emptyBudgets = inNamespace(answers(budgets), namespace).filter(
      ({ spec }) =>
        isJsonObject(spec?.selector) &&
        !templates.some(({ labels }) => matches(spec.selector ?? {}, labels)),
    )
    return [
      ...strays(workloads),
      ...ungoverned(answers, namespace),
      // Without all of the policy's workloads nobody knows whom a selector is for.
      ...(partial
        ? []
        : [
            ...emptyServices.map(service =>
              idle(service, 'the program behind it', ['spec', 'selector']),
            ),
            ...emptyBudgets.map(budget => idle(budget, 'what it protects', ['spec', 'selector'])),
          ]),
    ]
  },
})

interface Use {
  kind: 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'PersistentVolumeClaim'
  name: string
  path: Path
}

const text = (value: unknown, key: string): string | undefined => {
  const found = isJsonObject(value) && value['optional'] !== true ? value[key] : undefined
  return typeof found === 'string' && found !== '' ? found : undefined
}
const use = (kind: Use['kind'], holder: unknown, key: string, path: Path): readonly Use[] => {
  const name = text(holder, key)
  return name === undefined ? [] : [{ kind, name, path: [...path, key] }]
}

/**
 * What the volumes of a pod are made of. @source Kubernetes API reference: Volume, projected
 * sources
 */
const ofVolumes = ({ spec, path }: PodTemplate): readonly Use[] =>
  items(spec.volumes).flatMap(([volume, index]) => {
    const here = [...path, 'volumes', index]
    const projected =
      isJsonObject(volume['projected']) && Array.isArray(volume['projected']['sources'])
        ? items(volume['projected']['sources'] as readonly object[])
        : []
    return [
      ...use('ConfigMap', volume['configMap'], 'name', [...here, 'configMap']),
      ...use('Secret', volume['secret'], 'secretName', [...here, 'secret']),
      ...use('PersistentVolumeClaim', volume.persistentVolumeClaim, 'claimName', [
        ...here,
        'persistentVolumeClaim',
      ]),
      ...projected.flatMap(([source, at]) => [
        ...use('ConfigMap', Reflect.get(source, 'configMap'), 'name', [
          ...here,
          'projected',
          'sources',
          at,
          'configMap',
        ]),
        ...use('Secret', Reflect.get(source, 'secret'), 'name', [
          ...here,
          'projected',
          'sources',
          at,
          'secret',
        ]),
      ]),
    ]
  })

const ofContainers = (template: PodTemplate): readonly Use[] =>
  containersOf(template).flatMap(({ container, path }) => [
    ...items(container.envFrom).flatMap(([{ configMapRef, secretRef }, at]) => [
      ...use('ConfigMap', configMapRef, 'name', [...path, 'envFrom', at, 'configMapRef']),
      ...use('Secret', secretRef, 'name', [...path, 'envFrom', at, 'secretRef']),
    ]),
    ...items(container.env).flatMap(([{ valueFrom }, at]) =>
      !isJsonObject(valueFrom)
        ? []
        : [
            ...use('ConfigMap', valueFrom.configMapKeyRef, 'name', [
              ...path,
              'env',
              at,
              'valueFrom',
              'configMapKeyRef',
            ]),
            ...use('Secret', valueFrom.secretKeyRef, 'name', [
              ...path,
              'env',
              at,
              'valueFrom',
              'secretKeyRef',
            ]),
          ],
    ),
  ])

const usesOf = (template: PodTemplate): readonly Use[] => [
  ...ofVolumes(template),
  ...ofContainers(template),
  ...use('ServiceAccount', template.spec, 'serviceAccountName', template.path),
  ...items(template.spec.imagePullSecrets).flatMap(([secret, at]) =>
    use('Secret', secret, 'name', [...template.path, 'imagePullSecrets', at]),
  ),
]

/** The list that shows a kind's objects of a namespace, of that one alone or of all. */
const listed = {
  ConfigMap: () => configMaps,
  Secret: secretsIn,
  ServiceAccount: () => serviceAccounts,
  PersistentVolumeClaim: () => claims,
} as const satisfies Record<Use['kind'], (namespace: string) => Question<readonly KubeObject[]>>

/**
 * Names of a kind that lead somewhere in a namespace: what is there, what the policy says is made
 * elsewhere, and what every namespace has.
 */
function known(
  answers: Answers,
  policy: Policy,
  kind: Use['kind'],
  namespace: string,
): ReadonlySet<string> {
  const there = inNamespace<KubeObject>(
    answers<readonly KubeObject[]>(listed[kind](namespace)),
    namespace,
  ).map(({ metadata }) => metadata.name)
  const elsewhere = (policy.manifests.references?.elsewhere ?? [])
    .filter(each => each.kind === kind && each.namespace === namespace)
    .map(({ name }) => name)
  const own =
    kind === 'PersistentVolumeClaim'
      ? policy.storage.claims.filter(claim => claim.namespace === namespace).map(({ name }) => name)
      : []
  // @source Kubernetes: made in every namespace by the control plane
  const always = {
    ConfigMap: ['kube-root-ca.crt'],
    Secret: [],
    ServiceAccount: ['default'],
    PersistentVolumeClaim: [],
  }[kind]
  return new Set([...there, ...elsewhere, ...own, ...always])
}

export const referencesLeadSomewhere = invariant({
  name: 'references-lead-somewhere',
  title:
    'every ConfigMap, Secret, ServiceAccount and claim that a pod names is there, or known to be made elsewhere',
  reason:
    'a pod that names what is not there waits in CreateContainerConfigError, or is not made at all, at its next start and not before',
  subjects: policy => (policy.manifests.references === undefined ? [] : ownNamespaces(policy)),
  observe: policy =>
    policy.manifests.references === undefined
      ? []
      : [
          ...templateQuestions,
          ...ownNamespaces(policy).flatMap(({ namespace }) =>
            Object.values(listed).map(list => list(namespace)),
          ),
        ],
  judge({ namespace }, answers, policy) {
    const names = Object.fromEntries(
      Object.keys(listed).map(kind => [
        kind,
        known(answers, policy, kind as Use['kind'], namespace),
      ]),
    ) as Record<Use['kind'], ReadonlySet<string>>
    return podTemplates(answers, namespace).flatMap(template =>
      usesOf(template)
        .filter(({ kind, name }) => !names[kind].has(name))
        .map(({ kind, name, path }) => ({
          code: `reference-missing:${template.id}:${kind}/${name}`,
          seen: `${template.object.kind} ${namespace}/${template.object.metadata.name} names ${kind} ${name}, which is not there`,
          expected: `${kind} ${namespace}/${name}, here or made elsewhere`,
          remedy: `add it, correct the name, or list it in the policy's manifests.references.elsewhere with those that are made in another way`,
          at: placeOf(template.object, path),
        })),
    )
  },
})

verify(import.meta, selectorsFindTheirPods, referencesLeadSomewhere)
