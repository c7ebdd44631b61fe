// References of pods: the ConfigMaps, Secrets, ServiceAccounts and claims that they name.
import { isJsonObject } from '#src/model/json.ts'
import type { Answers, KubeObject, Path, Policy, Question } from '#src/model/index.ts'
import { claims, configMaps, inNamespace, secretsIn, serviceAccounts } from './questions.ts'
import { claimedVolumes, containersOf, items, type PodTemplate } from './templates.ts'

export type UseKind = 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'PersistentVolumeClaim'

export interface Use {
  readonly kind: UseKind
  readonly name: string
  /** Where the name stands in the object. */
  readonly path: Path
}

/** What a member names, unless it is optional. */
function use(kind: UseKind, holder: unknown, key: string, path: Path): readonly Use[] {
  const name = isJsonObject(holder) && holder['optional'] !== true ? holder[key] : undefined
  return typeof name === 'string' && name !== '' ? [{ kind, name, path: [...path, key] }] : []
}

/** References by a member of this name. @source Kubernetes API reference: Volume, EnvVar */
const byMember = {
  configMap: ['ConfigMap', 'name'],
  secret: ['Secret', 'secretName'],
  persistentVolumeClaim: ['PersistentVolumeClaim', 'claimName'],
  configMapRef: ['ConfigMap', 'name'],
  secretRef: ['Secret', 'name'],
  configMapKeyRef: ['ConfigMap', 'name'],
  secretKeyRef: ['Secret', 'name'],
} as const satisfies Record<string, readonly [UseKind, string]>
type Member = keyof typeof byMember

/** What an object names by some of its members. */
const usesBy = (holder: object, path: Path, ...members: readonly Member[]): readonly Use[] =>
  members.flatMap(member => {
    const [kind, key] = byMember[member]
    return use(kind, Reflect.get(holder, member), key, [...path, member])
  })

function ofProjected(projected: unknown, path: Path): readonly Use[] {
  const sources: unknown = isJsonObject(projected) ? projected['sources'] : undefined
  return items(sources as readonly object[] | undefined).flatMap(([source, index]) => {
    const here = [...path, 'projected', 'sources', index]
    return [
      ...usesBy(source, here, 'configMap'),
      ...use('Secret', Reflect.get(source, 'secret'), 'name', [...here, 'secret']),
    ]
  })
}

function ofVolumes(template: PodTemplate): readonly Use[] {
  const { spec, path } = template
  const replaced = claimedVolumes(template)
  return items(spec.volumes).flatMap(([volume, index]) => {
    if (replaced.has(volume.name)) return []
    const here = [...path, 'volumes', index]
    return [
      ...usesBy(volume, here, 'configMap', 'secret', 'persistentVolumeClaim'),
      ...ofProjected(volume['projected'], here),
    ]
  })
}

const ofContainers = (template: PodTemplate): readonly Use[] =>
  containersOf(template).flatMap(({ container, path }) => [
    ...items(container.envFrom).flatMap(([source, index]) =>
      usesBy(source, [...path, 'envFrom', index], 'configMapRef', 'secretRef'),
    ),
    ...items(container.env).flatMap(([{ valueFrom }, index]) => {
      const here = [...path, 'env', index, 'valueFrom']
      return isJsonObject(valueFrom)
        ? usesBy(valueFrom, here, 'configMapKeyRef', 'secretKeyRef')
        : []
    }),
  ])

/** Everything that a pod names and cannot start without. */
export const usesOf = (template: PodTemplate): readonly Use[] => [
  ...ofVolumes(template),
  ...ofContainers(template),
  ...use('ServiceAccount', template.spec, 'serviceAccountName', template.path),
  ...items(template.spec.imagePullSecrets).flatMap(([secret, index]) =>
    use('Secret', secret, 'name', [...template.path, 'imagePullSecrets', index]),
  ),
]

/** The list that shows a kind's objects of a namespace, of that one alone or of all. */
const listed = {
  ConfigMap: () => configMaps,
  Secret: secretsIn,
  ServiceAccount: () => serviceAccounts,
  PersistentVolumeClaim: () => claims,
} as const satisfies Record<UseKind, (namespace: string) => Question<readonly KubeObject[]>>

/** The questions that show what pods of some namespaces can name. */
export const referenceQuestions = (
  namespaces: readonly { namespace: string }[],
): readonly Question<unknown>[] =>
  namespaces.flatMap(({ namespace }) => Object.values(listed).map(list => list(namespace)))

/** What every namespace has. @source Kubernetes: made by the control plane */
const always = {
  ConfigMap: ['kube-root-ca.crt'],
  Secret: [],
  ServiceAccount: ['default'],
  PersistentVolumeClaim: [],
} as const satisfies Record<UseKind, readonly string[]>

/** Names of a kind in a namespace: what is there, what the policy lists, what is always there. */
function namesOf(
  kind: UseKind,
  answers: Answers,
  { manifests, storage }: Policy,
  namespace: string,
): ReadonlySet<string> {
  const question: Question<readonly KubeObject[]> = listed[kind](namespace)
  const there = inNamespace(answers(question), namespace).map(({ metadata }) => metadata.name)
  const elsewhere = (manifests.references?.elsewhere ?? []).filter(each => each.kind === kind)
  const own = kind === 'PersistentVolumeClaim' ? storage.claims : []
  const stated = [...elsewhere, ...own].filter(each => each.namespace === namespace)
  return new Set([...there, ...stated.map(({ name }) => name), ...always[kind]])
}

/** Names that lead somewhere in a namespace, by kind. */
export const knownNames = (
  answers: Answers,
  policy: Policy,
  namespace: string,
): Readonly<Record<UseKind, ReadonlySet<string>>> => ({
  ConfigMap: namesOf('ConfigMap', answers, policy, namespace),
  Secret: namesOf('Secret', answers, policy, namespace),
  ServiceAccount: namesOf('ServiceAccount', answers, policy, namespace),
  PersistentVolumeClaim: namesOf('PersistentVolumeClaim', answers, policy, namespace),
})
