// Faults on images: a Deployment gets one that its registry does not have.
import type { Kube } from '#src/kubernetes/client.ts'
import { resources } from '#src/kubernetes/kinds.ts'
import { fault } from '#src/model/fault.ts'
import type { Impact } from '#src/model/guards/impact.ts'
import { byKubectl } from '#helpers/kubernetes/switches.ts'
import { api } from '#helpers/kubernetes/api.ts'
import { patchOf } from './patch.ts'
import { revisionOf } from '#helpers/kubernetes/rollouts.ts'

export type DeployedRef = {
  readonly namespace: string
  readonly name: string
  readonly container: string
  readonly image: string
}
/** The image of a container of a Deployment, and where it stands. Rejects where there is none. */
export async function imageIn(
  kube: Kube,
  { namespace, name, container }: Omit<DeployedRef, 'image'>,
): Promise<{ index: number; image: string; revision: string }> {
  const found = await kube.get(resources.deployments, name, namespace)
  if (found === undefined) throw new Error(`there is no Deployment ${namespace}/${name}`)
  const index = found.spec.template.spec.containers.findIndex(
    candidate => candidate.name === container,
  )
  const image = found.spec.template.spec.containers[index]?.image
  if (image === undefined)
    throw new Error(`Deployment ${namespace}/${name} has no container ${container}`)
  return { index, image, revision: String(revisionOf(found)) }
}
/** Only while the drill's image is there: a deploy or rollback in the meantime stays. */
export const imagePatch = (
  index: number,
  container: string,
  from: string,
  to: string,
): readonly { op: string; path: string; value: string }[] => {
  const at = `/spec/template/spec/containers/${index}`
  return [
    { op: 'test', path: `${at}/name`, value: container },
    { op: 'test', path: `${at}/image`, value: from },
    { op: 'replace', path: `${at}/image`, value: to },
  ]
}
/**
 * Deploys an image that its registry does not have, as a deploy with a wrong tag does: the new pods
 * wait for it, the old ones serve.
 */
export const badImage = fault<
  DeployedRef,
  DeployedRef & { readonly index: number; readonly before: string; readonly revision: string }
>({
  name: 'workload.bad-image',
  describe: ({ namespace, name, container, image }) =>
    `deploy ${image} to container ${container} of Deployment ${namespace}/${name}: ` +
    'there is no such image',
  blast: 'workload',
  needs: ['kubernetes'],
  async prepare({ namespace, name, container, image }, context) {
    const {
      index,
      image: before,
      revision,
    } = await imageIn(await api(context), { namespace, name, container })
    return { namespace, name, container, index, image, before, revision }
  },
  async inject({ namespace, name, container, image, before }, context) {
    const kube = await api(context)
    const { index, image: now } = await imageIn(kube, { namespace, name, container })
    if (now !== image)
      await kube.patch(
        resources.deployments,
        name,
        namespace,
        'json',
        imagePatch(index, container, before, image),
      )
  },
  async undo({ namespace, name, container, image, before }, context) {
    const kube = await api(context)
    const { index, image: now } = await imageIn(kube, { namespace, name, container })
    if (now === image && before !== image)
      await kube.patch(
        resources.deployments,
        name,
        namespace,
        'json',
        imagePatch(index, container, image, before),
      )
  },
  // How many pods a roll-out may take at once is the Deployment's own choice; that it takes none
  // that serves is what is drilled.
  impacts: ({ namespace, name }): readonly Impact[] => [
    { kind: 'workload', workload: 'Deployment', namespace, name, how: 'changed' },
  ],
  permissions: ({ namespace, name }, policy) =>
    patchOf(resources.deployments, namespace, name, policy),
  // Where another image is there by then, or another container at its place, its tests fail and
  // nothing is changed.
  deadMan: ({ namespace, name, container, index, image, before, revision }, context) =>
    byKubectl(
      'workload.bad-image',
      { namespace, name, container, index, image, before, revision },
      context,
      [
        'patch',
        'deployment',
        name,
        '-n',
        namespace,
        '--type=json',
        '-p',
        JSON.stringify(imagePatch(index, container, image, before)),
      ],
    ),
  manualUndo: ({ namespace, name, container, before, revision }) =>
    `kubectl set image deployment/${name} -n ${namespace} ${container}=${before} (that was ` +
    `revision ${revision})`,
})
