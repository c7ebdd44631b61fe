// Services: names, images and settings that once broke a neighbour do not come back.
import { invariant, verify, type Container, type Policy, type See } from '../../helpers/index.ts'
import { services, webhooks } from '../../helpers/probes/kubernetes.ts'
import { workloadObject, workloadQuestions, workloadsIn } from '../../helpers/probes/workloads.ts'

/** Every container of every workload in the policy's namespaces. */
const containersIn = (see: See, policy: Policy): readonly { owner: string; container: Container }[] =>
  policy.namespaces.flatMap(namespace => workloadsIn(see, namespace).flatMap(({ kind, object }) =>
    [...object.spec.template.spec.containers, ...(object.spec.template.spec.initContainers ?? [])]
      .map(container => ({ owner: `${kind} ${namespace}/${object.metadata.name}`, container }))))

export const noHarmfulServiceNames = invariant({
  name: 'no-harmful-service-name',
  clauses: ['services.no-dkron-name', 'services.aistor-isolated'],
  says: 'no Service has a name that harms its neighbours',
  why: 'Kubernetes injects <NAME>_PORT and the like into every pod of the namespace, and a program may read them as its own settings',
  subjects: policy => policy.services.harmfulNames.map(harmful => ({ name: `svc/${harmful.name}`, harmful })),
  observe: () => [services],
  judge: ({ harmful }, see, policy) => see(services)
    .filter(service => service.metadata.name === harmful.name && policy.namespaces.includes(service.metadata.namespace ?? '') && (harmful.namespace ?? service.metadata.namespace) === service.metadata.namespace)
    .map(service => ({
      code: 'harmful-name', seen: `Service ${service.metadata.namespace}/${service.metadata.name} exists`, expected: `no such name: ${harmful.because}`, remedy: 'rename the Service, e.g. <name>-svc, and its users with it',
    })),
})

export const imagesAreAvailable = invariant({
  name: 'no-unavailable-image',
  clauses: ['services.minio-tag'],
  says: 'no workload wants an image that is known not to exist',
  why: 'it runs until its pod moves, and then waits for an image that never comes',
  subjects: policy => policy.images.unavailable.map(image => ({ name: image })),
  observe: () => workloadQuestions,
  judge: ({ name }, see, policy) => containersIn(see, policy).filter(({ container }) => container.image === name).map(({ owner, container }) => ({
    code: `unavailable-image:${owner}`, seen: `container ${container.name} of ${owner} wants it`, expected: 'a tag that the registry has', remedy: 'set a tag that was pulled before, and pin it',
  })),
})

export const webhooksStayOff = invariant({
  name: 'conflicting-webhooks-stay-off',
  clauses: ['services.aistor-webhook-off'],
  says: 'no webhook is back that was switched off',
  why: 'its caBundle has two owners: every Helm upgrade fails on the conflict',
  subjects: policy => policy.webhooksOff.map(webhook => ({ name: `webhook *${webhook.contains}*`, ...webhook })),
  observe: () => [webhooks],
  judge: ({ contains, because }, see) => see(webhooks).filter(webhook => webhook.metadata.name.includes(contains)).map(webhook => ({
    code: 'webhook-on', seen: `MutatingWebhookConfiguration ${webhook.metadata.name} exists`, expected: because, remedy: 'disable the webhook in the Helm values, then delete the configuration',
  })),
})

export const rootIsGranted = invariant({
  name: 'root-where-needed',
  clauses: ['services.dkron-root'],
  says: 'a workload that must run as root is not hardened away from it',
  why: 'its files on the local-path volume belong to root: as another user it crashes at its permission test',
  subjects: policy => policy.workloads.filter(workload => workload.runsAsRoot).map(workload => ({ ...workload, name: `${workload.namespace}/${workload.name}`, workload: workload.name })),
  observe: () => workloadQuestions,
  judge({ kind, namespace, workload }, see) {
    const spec = workloadObject(see, kind, namespace, workload)?.spec.template.spec
    if (spec === undefined) return [{ code: 'workload-missing', seen: `there is no ${kind} ${namespace}/${workload}`, expected: 'it exists', remedy: 'apply its manifest' }]
    const contexts = [spec.securityContext, ...spec.containers.map(container => container.securityContext)]
    return contexts.some(context => context?.runAsNonRoot === true || (context?.runAsUser ?? 0) !== 0)
      ? [{ code: 'not-root', seen: 'its securityContext forbids root', expected: 'it runs as root', remedy: 'remove runAsNonRoot and runAsUser from its pod template' }]
      : []
  },
})

export const noLegacyHosts = invariant({
  name: 'no-legacy-host-alias',
  clauses: ['services.legacy-host-alias'],
  says: 'no container is configured with a host name of the old days',
  why: 'the alias may resolve today by accident, and not after the next recreation',
  subjects: policy => policy.services.legacyHosts.map(host => ({ name: host })),
  observe: () => workloadQuestions,
  judge: ({ name }, see, policy) => containersIn(see, policy).flatMap(({ owner, container }) => {
    const env = (container.env ?? []).find(variable => variable.value?.includes(name))
    const argument = [...(container.command ?? []), ...(container.args ?? [])].find(word => word.includes(name))
    const where = env === undefined ? argument && `argument ${argument}` : `variable ${env.name}`
    return where === undefined ? [] : [{ code: `legacy-host:${owner}`, seen: `${where} of container ${container.name}, ${owner}`, expected: 'an explicit host name', remedy: `replace ${name} by the name of the host or Service` }]
  }),
})

verify(import.meta, noHarmfulServiceNames, imagesAreAvailable, webhooksStayOff, rootIsGranted, noLegacyHosts)
