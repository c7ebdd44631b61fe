// Services: names, images and settings that once broke a neighbour do not come back.
import {
  fact,
  invariant,
  verify,
  type Answers,
  type Container,
  type KubeObject,
  type Path,
  type Policy,
  type Service,
  type WebhookConfiguration,
} from '#helpers/index.ts'
import { inNamespace, services, webhooks } from '#helpers/kubernetes/questions.ts'
import { injectedBy } from '#helpers/kubernetes/service-variables.ts'
import {
  containersOf,
  inWords,
  items,
  templateOf,
  workloadTemplates,
  type ContainerPlace,
  type PodTemplate,
} from '#helpers/kubernetes/templates.ts'
import { workloadObject, workloadQuestions } from '#helpers/kubernetes/workloads.ts'

/** Every container of every workload in the policy's namespaces. */
const containersIn = (answers: Answers, { namespaces }: Policy): readonly Owned[] =>
  namespaces
    .flatMap(namespace => workloadTemplates(answers, namespace))
    .flatMap(template => containersOf(template).map(place => ({ template, place })))

interface Owned {
  readonly template: PodTemplate
  readonly place: ContainerPlace
}

const ownerOf = ({ template: { object, namespace } }: Owned): string =>
  `${object.kind} ${namespace}/${object.metadata.name}`

const harmfulName = fact('harmful-name', (service: Service, because: string) => ({
  seen: `Service ${service.metadata.namespace}/${service.metadata.name} exists`,
  expected: `no such name: ${because}`,
  remedy: 'rename the Service, e.g. <name>-svc, and its users with it',
  at: [service, ['metadata', 'name']],
}))

export const noHarmfulServiceNames = invariant({
  name: 'no-harmful-service-name',
  about: 'manifests',
  title: 'no Service has a name whose variables break its neighbours',
  reason:
    'Kubernetes sets <NAME>_PORT and the like in every pod of the namespace, ' +
    'and a program may read them as its own settings',
  subjects: policy =>
    policy.services.harmfulNames.map(harmful => ({ name: `svc/${harmful.name}`, harmful })),
  observe: () => [services],
  facts: [harmfulName],
  judge: ({ harmful }, answers, policy) =>
    policy.namespaces
      .filter(namespace => (harmful.namespace ?? namespace) === namespace)
      .flatMap(namespace => inNamespace(answers(services), namespace))
      .filter(service => service.metadata.name === harmful.name)
      .map(service => harmfulName(service, harmful.because)),
})

const unavailableImage = fact('unavailable-image', (owned: Owned) => ({
  which: ownerOf(owned),
  seen: `container ${owned.place.container.name} of ${ownerOf(owned)} uses it`,
  expected: 'a tag that the registry has',
  remedy: 'set a tag that was pulled before, and pin it',
  at: [owned.template.object, [...owned.place.path, 'image']],
}))

export const imagesAreAvailable = invariant({
  name: 'no-unavailable-image',
  about: 'manifests',
  title: 'no workload uses an image that is known not to exist',
  reason: 'it runs until its pod moves, and then waits for an image that never comes',
  subjects: policy => policy.images.unavailable.map(image => ({ name: image })),
  observe: () => workloadQuestions,
  facts: [unavailableImage],
  judge: ({ name }, answers, policy) =>
    containersIn(answers, policy)
      .filter(({ place }) => place.container.image === name)
      .map(owned => unavailableImage(owned)),
})

const webhookOn = fact('webhook-on', (webhook: WebhookConfiguration, because: string) => ({
  seen: `MutatingWebhookConfiguration ${webhook.metadata.name} exists`,
  expected: because,
  remedy: 'disable the webhook in the Helm values, then delete the configuration',
  at: [webhook, ['metadata', 'name']],
}))

export const webhooksStayOff = invariant({
  name: 'conflicting-webhooks-stay-off',
  about: 'manifests',
  title: 'no webhook that was removed has come back',
  reason: 'a webhook with two owners fails every Helm upgrade on their conflict',
  subjects: policy =>
    policy.webhooksOff.map(webhook => ({ name: `webhook *${webhook.contains}*`, ...webhook })),
  observe: () => [webhooks],
  facts: [webhookOn],
  judge: ({ contains, because }, answers) =>
    answers(webhooks)
      .filter(webhook => webhook.metadata.name.includes(contains))
      .map(webhook => webhookOn(webhook, because)),
})

const workloadMissing = fact('workload-missing', (kind: string, name: string) => ({
  seen: `there is no ${kind} ${name}`,
  expected: 'it exists',
  remedy: 'apply its manifest',
}))

const notRoot = fact('not-root', (object: KubeObject, path: Path) => ({
  seen: 'its securityContext forbids root',
  expected: 'it runs as root',
  remedy: 'remove runAsNonRoot and runAsUser from its pod template',
  at: [object, path],
  remove: true,
}))

/** Places in a pod template that keep its programs from running as root. */
function forbidsRoot(template: PodTemplate): readonly Path[] {
  const apps = containersOf(template).filter(({ role }) => role === 'app')
  const contexts = [
    { context: template.spec.securityContext, path: template.path },
    ...apps.map(({ container, path }) => ({ context: container.securityContext, path })),
  ]
  return contexts.flatMap(({ context, path }) => {
    const members: string[] = []
    if (context?.runAsNonRoot === true) members.push('runAsNonRoot')
    if ((context?.runAsUser ?? 0) !== 0) members.push('runAsUser')
    return members.map(member => [...path, 'securityContext', member])
  })
}

export const rootIsGranted = invariant({
  name: 'root-where-needed',
  about: 'manifests',
  title: 'a workload that needs root is not denied it by hardening',
  reason: 'its files belong to root: as another user it cannot write them, and does not start',
  subjects: policy =>
    policy.workloads
      .filter(({ runsAsRoot }) => runsAsRoot)
      .map(workload => ({ name: `${workload.namespace}/${workload.name}`, workload })),
  observe: () => workloadQuestions,
  facts: [workloadMissing, notRoot],
  judge({ name, workload }, answers) {
    const object = workloadObject(answers, workload.kind, workload.namespace, workload.name)
    const template = object && templateOf(object)
    if (template === undefined) return workloadMissing(workload.kind, name)
    return forbidsRoot(template).map(path => notRoot(template.object, path))
  },
})

interface Mention {
  readonly where: string
  readonly path: Path
}

const legacyHost = fact('legacy-host', (owned: Owned, { where, path }: Mention, host: string) => ({
  which: ownerOf(owned),
  seen: `${where} of container ${owned.place.container.name}, ${ownerOf(owned)}`,
  expected: 'an explicit host name',
  remedy: `replace ${host} by the name of the host or Service`,
  at: [owned.template.object, [...owned.place.path, ...path]],
}))

/** Where a container's variables, command or arguments contain a text. */
function mentionsOf({ env, command, args }: Container, text: string): readonly Mention[] {
  const holds = (value: unknown) => typeof value === 'string' && value.includes(text)
  const words = (member: string, list: unknown) =>
    (Array.isArray(list) ? list : [])
      .map((word: unknown, index) => ({ word, path: [member, index] }))
      .filter(({ word }) => holds(word))
      .map(({ word, path }) => ({ where: `argument ${String(word)}`, path }))
  const variables = items(env)
    .filter(([{ value }]) => holds(value))
    .map(([{ name }, index]) => ({ where: `variable ${name}`, path: ['env', index, 'value'] }))
  return [...variables, ...words('command', command), ...words('args', args)]
}

export const noLegacyHosts = invariant({
  name: 'no-legacy-host-alias',
  about: 'manifests',
  title: 'no container is configured with a retired host name',
  reason: 'the alias may resolve today by accident, and not after the next recreation',
  subjects: policy => policy.services.legacyHosts.map(host => ({ name: host })),
  observe: () => workloadQuestions,
  facts: [legacyHost],
  judge: ({ name }, answers, policy) =>
    containersIn(answers, policy).map(owned => {
      const [first] = mentionsOf(owned.place.container, name)
      return first && legacyHost(owned, first, name)
    }),
})

type Reader = Policy['manifests']['variables'][number]

const injected = fact(
  'injected',
  ({ template, place }: Owned, variable: string, service: string, reader: Reader) => ({
    which: `${variable}:${place.id}`,
    seen: `Service ${reader.namespace}/${service} sets ${variable} in ${inWords(place, template)}`,
    expected: `its own ${variable}: ${reader.because}`,
    remedy: `set ${variable} in its env, or enableServiceLinks: false in its pod template`,
    at: [template.object, [...place.path, 'env']],
  }),
)

/** Containers of a program that receive the variables of the namespace's Services. */
const readersOf = (answers: Answers, { namespace, workload }: Reader): readonly Owned[] =>
  workloadTemplates(answers, namespace)
    .filter(({ object }) => object.metadata.name === workload)
    .filter(({ spec }) => spec.enableServiceLinks !== false)
    .flatMap(template => containersOf(template).map(place => ({ template, place })))

const sets = ({ place }: Owned, variable: string): boolean =>
  items(place.container.env).some(([{ name }]) => name === variable)

export const settingsAreNotInjected = invariant({
  name: 'settings-are-not-injected',
  about: 'manifests',
  title: 'no Service’s name sets a variable that a program reads as a setting',
  reason:
    'Kubernetes sets <NAME>_PORT to a URL in every pod of the namespace, ' +
    'and a program that expects a number there does not start',
  when: policy => policy.manifests.variables.length > 0,
  subjects: policy =>
    policy.manifests.variables.map(reader => ({
      name: `${reader.namespace}/${reader.workload}`,
      reader,
    })),
  observe: () => [...workloadQuestions, services],
  facts: [injected],
  judge({ reader }, answers) {
    const setBy = new Map<string, string>()
    for (const service of inNamespace(answers(services), reader.namespace))
      for (const variable of injectedBy(service)) setBy.set(variable, service.metadata.name)
    return readersOf(answers, reader).map(owned =>
      reader.reads.map(variable => {
        const service = setBy.get(variable)
        if (service === undefined || sets(owned, variable)) return undefined
        return injected(owned, variable, service, reader)
      }),
    )
  },
})

verify(
  import.meta,
  noHarmfulServiceNames,
  imagesAreAvailable,
  webhooksStayOff,
  rootIsGranted,
  noLegacyHosts,
  settingsAreNotInjected,
)
