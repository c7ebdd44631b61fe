// Services: names, images and settings that once broke a neighbour do not come back.
import {
  placeOf,
  invariant,
  verify,
  type Finding,
  type Policy,
  type Answers,
  type Service,
} from '#helpers/index.ts'
import { inNamespace, services, webhooks } from '#helpers/kubernetes/questions.ts'
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
const containersIn = (
  answers: Answers,
  policy: Policy,
): readonly { owner: string; template: PodTemplate; place: ContainerPlace }[] =>
  policy.namespaces.flatMap(namespace =>
    workloadTemplates(answers, namespace).flatMap(template =>
      containersOf(template).map(place => ({
        owner: `${template.object.kind} ${namespace}/${template.object.metadata.name}`,
        template,
        place,
      })),
    ),
  )

export const noHarmfulServiceNames = invariant({
  name: 'no-harmful-service-name',
  title: 'no Service has a name that harms its neighbours',
  reason:
    'Kubernetes injects <NAME>_PORT and the like into every pod of the namespace, and a program may read them as its own settings',
  subjects: policy =>
    policy.services.harmfulNames.map(harmful => ({ name: `svc/${harmful.name}`, harmful })),
  observe: () => [services],
  judge: ({ harmful }, answers, policy) =>
    policy.namespaces
      .filter(namespace => (harmful.namespace ?? namespace) === namespace)
      .flatMap(namespace => inNamespace(answers(services), namespace))
      .filter(service => service.metadata.name === harmful.name)
      .map(service => ({
        code: 'harmful-name',
        at: placeOf(service, ['metadata', 'name']),
        seen: `Service ${service.metadata.namespace}/${service.metadata.name} exists`,
        expected: `no such name: ${harmful.because}`,
        remedy: 'rename the Service, e.g. <name>-svc, and its users with it',
      })),
})

export const imagesAreAvailable = invariant({
  name: 'no-unavailable-image',
  title: 'no workload wants an image that is known not to exist',
  reason: 'it runs until its pod moves, and then waits for an image that never comes',
  subjects: policy => policy.images.unavailable.map(image => ({ name: image })),
  observe: () => workloadQuestions,
  judge: ({ name }, answers, policy) =>
    containersIn(answers, policy)
      .filter(({ place }) => place.container.image === name)
      .map(({ owner, template, place }) => ({
        code: `unavailable-image:${owner}`,
        seen: `container ${place.container.name} of ${owner} wants it`,
        expected: 'a tag that the registry has',
        remedy: 'set a tag that was pulled before, and pin it',
        at: placeOf(template.object, [...place.path, 'image']),
      })),
})

export const webhooksStayOff = invariant({
  name: 'conflicting-webhooks-stay-off',
  title: 'no webhook is back that was switched off',
  reason: 'its caBundle has two owners: every Helm upgrade fails on the conflict',
  subjects: policy =>
    policy.webhooksOff.map(webhook => ({ name: `webhook *${webhook.contains}*`, ...webhook })),
  observe: () => [webhooks],
  judge: ({ contains, because }, answers) =>
    answers(webhooks)
      .filter(webhook => webhook.metadata.name.includes(contains))
      .map(webhook => ({
        code: 'webhook-on',
        seen: `MutatingWebhookConfiguration ${webhook.metadata.name} exists`,
        expected: because,
        remedy: 'disable the webhook in the Helm values, then delete the configuration',
        at: placeOf(webhook, ['metadata', 'name']),
      })),
})

export const rootIsGranted = invariant({
  name: 'root-where-needed',
  title: 'a workload that must run as root is not hardened away from it',
  reason:
    'its files on the local-path volume belong to root: as another user it crashes at its permission test',
  subjects: policy =>
    policy.workloads
      .filter(workload => workload.runsAsRoot)
      .map(workload => ({
        ...workload,
        name: `${workload.namespace}/${workload.name}`,
        workload: workload.name,
      })),
  observe: () => workloadQuestions,
  judge({ kind, namespace, workload }, answers) {
    const object = workloadObject(answers, kind, namespace, workload)
    const template = object && templateOf(object)
    if (template === undefined)
      return [
        {
          code: 'workload-missing',
          seen: `there is no ${kind} ${namespace}/${workload}`,
          expected: 'it exists',
          remedy: 'apply its manifest',
        },
      ]
    const contexts = [
      { context: template.spec.securityContext, path: template.path },
      ...containersOf(template)
        .filter(({ role }) => role === 'app')
        .map(({ container, path }) => ({ context: container.securityContext, path })),
    ]
    return contexts.flatMap(({ context, path }) =>
      [
        ...(context?.runAsNonRoot === true ? ['runAsNonRoot'] : []),
        ...((context?.runAsUser ?? 0) === 0 ? [] : ['runAsUser']),
      ].map(member => ({
        code: 'not-root',
        seen: 'its securityContext forbids root',
        expected: 'it runs as root',
        remedy: 'remove runAsNonRoot and runAsUser from its pod template',
        at: placeOf(template.object, [...path, 'securityContext', member]),
        change: { removed: true as const },
      })),
    )
  },
})

export const noLegacyHosts = invariant({
  name: 'no-legacy-host-alias',
  title: 'no container is configured with a host name of the old days',
  reason: 'the alias may resolve today by accident, and not after the next recreation',
  subjects: policy => policy.services.legacyHosts.map(host => ({ name: host })),
  observe: () => workloadQuestions,
  judge: ({ name }, answers, policy) =>
    containersIn(answers, policy).flatMap(
      ({ owner, template, place: { container, path } }): readonly Finding[] => {
        const held = (list: unknown): readonly (readonly [word: string, index: number])[] =>
          Array.isArray(list)
            ? list.flatMap((word, index) =>
                typeof word === 'string' && word.includes(name) ? [[word, index] as const] : [],
              )
            : []
        const places = [
          ...items(container.env)
            .filter(([{ value }]) => typeof value === 'string' && value.includes(name))
            .map(([variable, index]) => ({
              where: `variable ${variable.name}`,
              path: ['env', index, 'value'],
            })),
          ...(['command', 'args'] as const).flatMap(list =>
            held(container[list]).map(([word, index]) => ({
              where: `argument ${word}`,
              path: [list, index],
            })),
          ),
        ]
        const [first] = places
        return first === undefined
          ? []
          : [
              {
                code: `legacy-host:${owner}`,
                seen: `${first.where} of container ${container.name}, ${owner}`,
                expected: 'an explicit host name',
                remedy: `replace ${name} by the name of the host or Service`,
                at: placeOf(template.object, [...path, ...first.path]),
              },
            ]
      },
    ),
})

/**
 * Variables that Kubernetes sets in every pod of a Service's namespace. @source Kubernetes,
 * services: environment variables
 */
function injectedBy(service: Service): readonly string[] {
  if (service.spec?.clusterIP === 'None' || service.spec?.type === 'ExternalName') return []
  const name = (text: string): string => text.toUpperCase().replaceAll('-', '_')
  const own = name(service.metadata.name)
  return [
    `${own}_SERVICE_HOST`,
    `${own}_SERVICE_PORT`,
    `${own}_PORT`,
    ...items(service.spec?.ports).flatMap(([port]) => {
      const legacy = `${own}_PORT_${port.port}_${port.protocol ?? 'TCP'}`
      return [
        legacy,
        `${legacy}_PROTO`,
        `${legacy}_PORT`,
        `${legacy}_ADDR`,
        ...(port.name === undefined ? [] : [`${own}_SERVICE_PORT_${name(port.name)}`]),
      ]
    }),
  ]
}

export const settingsAreNotInjected = invariant({
  name: 'settings-are-not-injected',
  title: 'no Service sets by its name what a program reads as its own setting',
  reason:
    'Kubernetes sets <NAME>_PORT to a URL in every pod of the namespace, and a program that expects a number there does not start',
  subjects: policy =>
    policy.manifests.variables.map(reader => ({
      name: `${reader.namespace}/${reader.workload}`,
      reader,
    })),
  observe: policy =>
    policy.manifests.variables.length > 0 ? [...workloadQuestions, services] : [],
  judge: ({ reader }, answers) => {
    const setting = new Map(
      inNamespace(answers(services), reader.namespace).flatMap(service =>
        injectedBy(service).map(variable => [variable, service.metadata.name] as const),
      ),
    )
    return workloadTemplates(answers, reader.namespace)
      .filter(
        ({ object, spec }) =>
          object.metadata.name === reader.workload && spec.enableServiceLinks !== false,
      )
      .flatMap(template =>
        containersOf(template).flatMap(place =>
          reader.reads
            .filter(
              variable =>
                setting.has(variable) &&
                !items(place.container.env).some(([{ name }]) => name === variable),
            )
            .map(variable => ({
              code: `injected:${variable}:${place.id}`,
              seen: `Service ${reader.namespace}/${setting.get(variable)} sets ${variable} in ${inWords(place, template)}`,
              expected: `its own ${variable}: ${reader.because}`,
              remedy: `set ${variable} in its env, or enableServiceLinks: false in its pod template`,
              at: placeOf(template.object, [...place.path, 'env']),
            })),
        ),
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
