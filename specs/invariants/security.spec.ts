// Security: containers keep to themselves, and nothing secret is written where everybody reads it.
import {
  placeOf,
  invariant,
  isJsonObject,
  verify,
  type Finding,
  type Policy,
  type Answers,
} from '#helpers/index.ts'
import { secretsIn } from '#helpers/kubernetes/questions.ts'
import { entriesOf, entryOf, namesSecret, urlPassword } from '#helpers/kubernetes/secrets.ts'
import {
  containersOf,
  inWords,
  items,
  ownNamespaces,
  podTemplates,
  templateQuestions,
  type ContainerPlace,
  type PodTemplate,
} from '#helpers/kubernetes/templates.ts'

type Confinement = Policy['manifests']['confinement'][number]

const mayBeRoot = ({ spec }: PodTemplate, { container }: ContainerPlace): boolean => {
  const user = container.securityContext?.runAsUser ?? spec.securityContext?.runAsUser
  if (user !== undefined) return user === 0
  return (container.securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot) !== true
}

/** What one container is not kept from. */
function loose(
  template: PodTemplate,
  place: ContainerPlace,
  asked: ReadonlySet<Confinement>,
): readonly Finding[] {
  const { container, path, id } = place
  const at = (member: string) => placeOf(template.object, [...path, 'securityContext', member])
  const who = inWords(place, template)
  const { privileged, allowPrivilegeEscalation } = container.securityContext ?? {}
  return [
    ...(asked.has('non-root') && mayBeRoot(template, place)
      ? [
          {
            code: `may-be-root:${id}`,
            seen: `${who} may run as root`,
            expected: 'runAsNonRoot: true, or a runAsUser that is not 0',
            remedy:
              'set runAsNonRoot where its image has a user; where it needs root, list it with runsAsRoot in the policy',
            at: at(container.securityContext?.runAsUser === 0 ? 'runAsUser' : 'runAsNonRoot'),
          },
        ]
      : []),
    ...(asked.has('unprivileged') && privileged === true
      ? [
          {
            code: `privileged:${id}`,
            seen: `${who} is privileged: it is root on its node`,
            expected: 'privileged: false',
            remedy: 'give it the capabilities or devices that it needs, and no more',
            at: at('privileged'),
          },
        ]
      : []),
    // A privileged container may always. @source Kubernetes, security context:
    // allowPrivilegeEscalation
    ...(asked.has('no-escalation') && privileged !== true && allowPrivilegeEscalation !== false
      ? [
          {
            code: `may-escalate:${id}`,
            seen: `${who} may gain more rights than it was started with`,
            expected: 'allowPrivilegeEscalation: false',
            remedy: 'set it; a program that needs sudo or a setuid helper says so by failing',
            at: at('allowPrivilegeEscalation'),
            change: { to: false },
          },
        ]
      : []),
  ]
}

/** What a pod shares with its node. The host network of a workload is the policy's to grant. */
function shared(
  template: PodTemplate,
  asked: ReadonlySet<Confinement>,
  policy: Policy,
): readonly Finding[] {
  const { object, id, path, spec, namespace } = template
  const granted = policy.workloads.some(
    ({ kind, name, hostNetwork, ...known }) =>
      hostNetwork &&
      kind === object.kind &&
      known.namespace === namespace &&
      name === object.metadata.name,
  )
  const spaces = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter(
    key => asked.has('own-namespaces') && spec[key] === true && !(key === 'hostNetwork' && granted),
  )
  const folders = asked.has('no-host-paths')
    ? items(spec.volumes).filter(([volume]) => volume['hostPath'] !== undefined)
    : []
  return [
    ...spaces.map(key => ({
      code: `host-namespace:${key}:${id}`,
      seen: `${object.kind} ${namespace}/${object.metadata.name} has ${key}`,
      expected: 'namespaces of its own',
      remedy: `remove ${key}${key === 'hostNetwork' ? ', or list it with hostNetwork in the policy' : ''}`,
      at: placeOf(object, [...path, key]),
    })),
    ...folders.map(([volume, index]) => ({
      code: `host-path:${id}/${volume.name}`,
      seen: `${object.kind} ${namespace}/${object.metadata.name} mounts a folder of its node as ${volume.name}`,
      expected: 'a claim, or an emptyDir',
      remedy: 'move what it keeps there to a claim',
      at: placeOf(object, [...path, 'volumes', index, 'hostPath']),
    })),
  ]
}

export const containersAreConfined = invariant({
  name: 'containers-are-confined',
  title: 'no container has more power over its node than the policy grants',
  reason:
    'whoever takes over a container that is root on its node has the node, and with it every neighbour and every secret',
  subjects: policy => (policy.manifests.confinement.length > 0 ? ownNamespaces(policy) : []),
  observe: policy => (policy.manifests.confinement.length > 0 ? templateQuestions : []),
  judge({ namespace }, answers, policy) {
    const all = new Set(policy.manifests.confinement)
    return podTemplates(answers, namespace).flatMap(template => {
      const root = policy.workloads.some(
        ({ kind, name, runsAsRoot, ...known }) =>
          runsAsRoot &&
          kind === template.object.kind &&
          known.namespace === namespace &&
          name === template.object.metadata.name,
      )
      const asked = root ? new Set([...all].filter(each => each !== 'non-root')) : all
      return [
        ...shared(template, all, policy),
        ...containersOf(template).flatMap(place => loose(template, place, asked)),
      ]
    })
  },
})

/** Literal secrets in the variables of a namespace's containers. Only their length is told. */
const inVariables = (answers: Answers, namespace: string): readonly Finding[] =>
  podTemplates(answers, namespace).flatMap(template =>
    containersOf(template).flatMap(place =>
      items(place.container.env).flatMap(([variable, index]): readonly Finding[] => {
        const { name, value } = variable
        if (typeof value !== 'string') return []
        const password = urlPassword(value)
        const literal = namesSecret(name) ? value : password
        if (literal === undefined || entryOf(literal) !== 'value') return []
        return [
          {
            code: `secret-in-variable:${place.id}/${name}`,
            seen: `variable ${name} of ${inWords(place, template)} has ${password === literal ? 'a URL with a password' : `a literal of ${literal.length} characters`}`,
            expected: 'valueFrom a Secret that is not in the repository',
            remedy:
              'give it a new value in a Secret, refer to that, and revoke the old one: it has been read',
            at: placeOf(template.object, [...place.path, 'env', index, 'value']),
          },
        ]
      }),
    ),
  )

/** Secrets that came from files with something in them. What the API keeps is where it belongs. */
const inSecrets = (answers: Answers, namespace: string): readonly Finding[] =>
  answers(secretsIn(namespace)).flatMap(secret => {
    const written: unknown = Reflect.get(secret, 'stringData')
    const where = (key: string) =>
      placeOf(secret, [isJsonObject(written) && key in written ? 'stringData' : 'data', key])
    return Object.entries(entriesOf(secret)).flatMap(([key, entry]): readonly Finding[] => {
      const about = { at: where(key) }
      const id = `${secret.metadata.name}/${key}`
      if (entry === 'value') {
        return [
          {
            code: `secret-in-file:${id}`,
            seen: `Secret ${namespace}/${secret.metadata.name} has a value at ${key}`,
            expected: 'Secrets are made where nobody commits them',
            remedy:
              'take it out of the file, make it with kubectl create secret or a secrets operator, and revoke what was committed',
            ...about,
          },
        ]
      }
      return entry === 'kept'
        ? []
        : [
            {
              code: `secret-placeholder:${id}`,
              seen: `Secret ${namespace}/${secret.metadata.name} has ${entry === 'empty' ? 'nothing' : 'a placeholder'} at ${key}`,
              expected: 'no manifest that overwrites the real Secret when it is applied',
              remedy:
                'keep the example outside of what is applied, under a name that is not a manifest’s',
              ...about,
            },
          ]
    })
  })

export const noPlainSecrets = invariant({
  name: 'no-plain-secrets',
  title: 'nothing secret is written in a manifest, and no placeholder overwrites a secret',
  reason:
    'what is committed is read by everybody who reads the repository, for ever; and an example that is applied replaces the key that works',
  subjects: policy => (policy.manifests.noPlainSecrets ? ownNamespaces(policy) : []),
  observe: policy =>
    policy.manifests.noPlainSecrets
      ? [
          ...templateQuestions,
          ...ownNamespaces(policy).map(({ namespace }) => secretsIn(namespace)),
        ]
      : [],
  judge: ({ namespace }, answers) => [
    ...inVariables(answers, namespace),
    ...inSecrets(answers, namespace),
  ],
})

verify(import.meta, containersAreConfined, noPlainSecrets)
