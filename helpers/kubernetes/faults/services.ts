// Faults on Services: a NodePort is reset, as a Helm upgrade does.
import { resources } from '#src/kubernetes/kinds.ts'
import { fault } from '#src/model/fault.ts'
import type { Impact } from '#src/model/guards/impact.ts'
import type { Service } from '#src/model/kube.ts'
import { byKubectl } from '#helpers/kubernetes/switches.ts'
import { api } from '#helpers/kubernetes/api.ts'
import { patchOf } from './patch.ts'

export const nodePortAt = (service: Service | undefined, index: number): number | undefined =>
  service?.spec.ports?.[index]?.nodePort
/** Gives a Service's first port another NodePort, as a Helm upgrade does. */
export const resetNodePort = fault<
  { namespace: string; service: string; nodePort: number },
  { namespace: string; service: string; nodePort: number; before: number | null }
>({
  name: 'workload.reset-nodeport',
  describe: ({ namespace, service, nodePort }) =>
    `set the NodePort of ${namespace}/${service} to ${nodePort}`,
  blast: 'workload',
  needs: ['kubernetes'],
  async prepare({ namespace, service, nodePort }, context) {
    const found = await (await api(context)).get(resources.services, service, namespace)
    if (found === undefined) throw new Error(`there is no Service ${namespace}/${service}`)
    return { namespace, service, nodePort, before: nodePortAt(found, 0) ?? null }
  },
  async inject({ namespace, service, nodePort }, context) {
    await (
      await api(context)
    ).patch(resources.services, service, namespace, 'json', [
      { op: 'add', path: '/spec/ports/0/nodePort', value: nodePort },
    ])
  },
  async undo({ namespace, service, nodePort, before }, context) {
    const kube = await api(context)
    // Somebody may have put it right meanwhile: only our own number is taken back.
    if (
      before === null ||
      nodePortAt(await kube.get(resources.services, service, namespace), 0) !== nodePort
    )
      return
    await kube.patch(resources.services, service, namespace, 'json', [
      { op: 'add', path: '/spec/ports/0/nodePort', value: before },
    ])
  },
  impacts: ({ namespace, service }): readonly Impact[] => [
    { kind: 'service', namespace, name: service },
  ],
  permissions: ({ namespace, service }, policy) =>
    patchOf(resources.services, namespace, service, policy),
  deadMan: (record, context) =>
    record.before === null
      ? 'it had no NodePort before: nothing is to be put back'
      : byKubectl('workload.reset-nodeport', record, context, [
          'patch',
          'service',
          record.service,
          '-n',
          record.namespace,
          '--type=json',
          '-p',
          JSON.stringify([
            { op: 'test', path: '/spec/ports/0/nodePort', value: record.nodePort },
            { op: 'replace', path: '/spec/ports/0/nodePort', value: record.before },
          ]),
        ]),
  manualUndo: ({ namespace, service, before }) =>
    `kubectl patch svc ${service} -n ${namespace} --type=json -p ` +
    `'[{"op":"add","path":"/spec/ports/0/nodePort","value":${before}}]'`,
})
