// Security: containers stay isolated from their node, and no manifest contains a secret.
import {
  fact,
  invariant,
  isJsonObject,
  verify,
  type Answers,
  type Container,
  type Policy,
  type SecretName,
} from '#helpers/index.ts'
import { secretsIn } from '#helpers/kubernetes/questions.ts'
import { entriesOf, entryOf, namesSecret, urlPassword } from '#helpers/kubernetes/secrets.ts'
import {
  containersOf,
  everyContainer,
  inWords,
  isOf,
  isWindows,
  items,
  ownNamespaces,
  podTemplates,
  templateQuestions,
  titleOf,
  type ContainerPlace,
  type PodTemplate,
} from '#helpers/kubernetes/templates.ts'

type Confinement = Policy['manifests']['confinement'][number]

const settingOf = (template: PodTemplate, { path }: ContainerPlace, member: string) =>
  [template.object, [...path, 'securityContext', member]] as const

const mayBeRoot = fact('may-be-root', (template: PodTemplate, place: ContainerPlace) => {
  const isRoot = place.container.securityContext?.runAsUser === 0
  return {
    which: place.id,
    seen: `${inWords(place, template)} may run as root`,
    expected: 'runAsNonRoot: true, or a runAsUser that is not 0',
    remedy:
      'set runAsNonRoot where its image has a user; ' +
      'where it needs root, list it with runsAsRoot in the policy',
    at: settingOf(template, place, isRoot ? 'runAsUser' : 'runAsNonRoot'),
  }
})

const privileged = fact('privileged', (template: PodTemplate, place: ContainerPlace) => ({
  which: place.id,
  seen: `${inWords(place, template)} is privileged: it is root on its node`,
  expected: 'privileged: false',
  remedy: 'give it the capabilities or devices that it needs, and no more',
  at: settingOf(template, place, 'privileged'),
}))

const mayEscalate = fact('may-escalate', (template: PodTemplate, place: ContainerPlace) => ({
  which: place.id,
  seen: `${inWords(place, template)} may gain more rights than it was started with`,
  expected: 'allowPrivilegeEscalation: false',
  remedy: 'set it; a program that needs sudo or a setuid helper fails visibly',
  at: settingOf(template, place, 'allowPrivilegeEscalation'),
  set: false,
}))

const hostNamespace = fact('host-namespace', (template: PodTemplate, key: string) => ({
  which: `${key}:${template.id}`,
  seen: `${titleOf(template)} has ${key}`,
  expected: 'namespaces of its own',
  remedy:
    key === 'hostNetwork'
      ? `remove ${key}, or list it with hostNetwork in the policy`
      : `remove ${key}`,
  at: [template.object, [...template.path, key]],
}))

const hostPath = fact('host-path', (template: PodTemplate, volume: string, index: number) => ({
  which: `${template.id}/${volume}`,
  seen: `${titleOf(template)} mounts a folder of its node as ${volume}`,
  expected: 'a claim, or an emptyDir',
  remedy: 'move its data to a claim',
  at: [template.object, [...template.path, 'volumes', index, 'hostPath']],
}))

function canBeRoot(template: PodTemplate, { container }: ContainerPlace): boolean {
  const { spec } = template
  // Windows has users with names. Its containers run as ContainerUser unless something says more.
  if (isWindows(template)) {
    const own = container.securityContext?.windowsOptions ?? {}
    const all = spec.securityContext?.windowsOptions ?? {}
    const isHost = own.hostProcess ?? all.hostProcess ?? false
    const user = own.runAsUserName ?? all.runAsUserName ?? ''
    return isHost || /(?:^|\\)(?:ContainerAdministrator|SYSTEM)$/i.test(user)
  }
  const user = container.securityContext?.runAsUser ?? spec.securityContext?.runAsUser
  if (user !== undefined) return user === 0
  return (container.securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot) !== true
}

/**
 * Whether a container can gain rights. A privileged one always can. @source Kubernetes, security
 * context: allowPrivilegeEscalation
 */
const canEscalate = ({ container: { securityContext } }: ContainerPlace): boolean =>
  securityContext?.privileged !== true && securityContext?.allowPrivilegeEscalation !== false

/** What a policy forbids a pod template: its rules, less what it grants to this workload. */
function ruleFor(template: PodTemplate, { manifests, workloads }: Policy) {
  const granted = workloads.filter(workload => isOf(template, workload))
  const grantsRoot = granted.some(({ runsAsRoot }) => runsAsRoot)
  const grantsNetwork = granted.some(({ hostNetwork }) => hostNetwork)
  return {
    forbids: (what: Confinement): boolean =>
      manifests.confinement.includes(what) && !(what === 'non-root' && grantsRoot),
    mayShare: (key: string): boolean => key === 'hostNetwork' && grantsNetwork,
  }
}
type Rule = ReturnType<typeof ruleFor>

const looseContainer = (template: PodTemplate, place: ContainerPlace, { forbids }: Rule) => [
  forbids('non-root') && canBeRoot(template, place) && mayBeRoot(template, place),
  forbids('unprivileged') &&
    place.container.securityContext?.privileged === true &&
    privileged(template, place),
  forbids('no-escalation') &&
    !isWindows(template) &&
    canEscalate(place) &&
    mayEscalate(template, place),
]

/** Namespaces and folders that a pod shares with its node. */
const sharedWithNode = (template: PodTemplate, { forbids, mayShare }: Rule) => [
  (['hostNetwork', 'hostPID', 'hostIPC'] as const).map(
    key =>
      forbids('own-namespaces') &&
      template.spec[key] === true &&
      !mayShare(key) &&
      hostNamespace(template, key),
  ),
  items(template.spec.volumes).map(
    ([volume, index]) =>
      forbids('no-host-paths') &&
      volume['hostPath'] !== undefined &&
      hostPath(template, volume.name, index),
  ),
]

export const containersAreConfined = invariant({
  name: 'containers-are-confined',
  about: 'manifests',
  title: 'no container has more privileges on its node than the policy grants',
  reason:
    'an attacker in a container that is root on its node controls the node, ' +
    'every neighbour and every secret',
  when: policy => policy.manifests.confinement.length > 0,
  subjects: ownNamespaces,
  observe: () => templateQuestions,
  facts: [mayBeRoot, privileged, mayEscalate, hostNamespace, hostPath],
  judge: ({ namespace }, answers, policy) =>
    podTemplates(answers, namespace).map(template => {
      const rule = ruleFor(template, policy)
      const containers = containersOf(template)
      return [
        sharedWithNode(template, rule),
        containers.map(place => looseContainer(template, place, rule)),
      ]
    }),
})

/** A literal in a variable. The finding states its length, never its text. */
const secretInVariable = fact(
  'secret-in-variable',
  (
    template: PodTemplate,
    place: ContainerPlace,
    variable: string,
    index: number,
    what: string,
  ) => ({
    which: `${place.id}/${variable}`,
    seen: `variable ${variable} of ${inWords(place, template)} has ${what}`,
    expected: 'valueFrom a Secret that is not in the repository',
    remedy:
      'put a new value into a Secret, refer to it, and revoke the old value: it is compromised',
    at: [template.object, [...place.path, 'env', index, 'value']],
  }),
)

type Variable = NonNullable<Container['env']>[number]

/** The secret in a variable, described without its text. */
function literalIn({ name, value }: Variable): string | undefined {
  if (typeof value !== 'string') return undefined
  const password = urlPassword(value)
  const literal = namesSecret(name) ? value : password
  if (literal === undefined || entryOf(literal) !== 'value') return undefined
  return password === literal
    ? 'a URL with a password'
    : `a literal of ${literal.length} characters`
}

const inVariables = (answers: Answers, namespace: string) =>
  everyContainer(answers, namespace).map(([template, place]) =>
    items(place.container.env).map(([variable, index]) => {
      const what = literalIn(variable)
      if (what === undefined) return undefined
      return secretInVariable(template, place, variable.name, index, what)
    }),
  )

const entryAt = (secret: SecretName, key: string) => {
  const written: unknown = Reflect.get(secret, 'stringData')
  const member = isJsonObject(written) && key in written ? 'stringData' : 'data'
  return [secret, [member, key]] as const
}

const secretInFile = fact('secret-in-file', (secret: SecretName, key: string) => ({
  which: `${secret.metadata.name}/${key}`,
  seen: `Secret ${secret.metadata.namespace}/${secret.metadata.name} has a value at ${key}`,
  expected: 'Secrets come from outside the repository',
  remedy:
    'remove it from the file, create it with kubectl create secret or a secrets operator, ' +
    'and revoke the committed value',
  at: entryAt(secret, key),
}))

const secretPlaceholder = fact(
  'secret-placeholder',
  (secret: SecretName, key: string, what: string) => ({
    which: `${secret.metadata.name}/${key}`,
    seen: `Secret ${secret.metadata.namespace}/${secret.metadata.name} has ${what} at ${key}`,
    expected: 'no manifest that overwrites the real Secret when it is applied',
    remedy: 'keep the example outside the folder that is applied, in a file that is not a manifest',
    at: entryAt(secret, key),
  }),
)

/** Entries of the Secrets in files. Secrets in the API are where they belong. */
const inSecrets = (answers: Answers, namespace: string) =>
  answers(secretsIn(namespace)).map(secret =>
    Object.entries(entriesOf(secret)).map(([key, entry]) => {
      if (entry === 'kept') return undefined
      if (entry === 'value') return secretInFile(secret, key)
      return secretPlaceholder(secret, key, entry === 'empty' ? 'nothing' : 'a placeholder')
    }),
  )

export const noPlainSecrets = invariant({
  name: 'no-plain-secrets',
  about: 'manifests',
  title: 'no manifest contains a secret or overwrites one with a placeholder',
  reason:
    'a committed secret is readable for ever by everyone who reads the repository, ' +
    'and an example that is applied replaces the working key',
  when: policy => policy.manifests.noPlainSecrets,
  subjects: ownNamespaces,
  observe: policy => [
    ...templateQuestions,
    ...ownNamespaces(policy).map(({ namespace }) => secretsIn(namespace)),
  ],
  facts: [secretInVariable, secretInFile, secretPlaceholder],
  judge: ({ namespace }, answers) => [
    inVariables(answers, namespace),
    inSecrets(answers, namespace),
  ],
})

verify(import.meta, containersAreConfined, noPlainSecrets)
