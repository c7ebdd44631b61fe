// Images: what runs is what was meant, and it starts again while the registry is away.
import {
  placeOf,
  invariant,
  verify,
  type Container,
  type Finding,
  type Policy,
} from '#helpers/index.ts'
import {
  containersOf,
  inWords,
  ownNamespaces,
  podTemplates,
  templateQuestions,
} from '#helpers/kubernetes/templates.ts'

/**
 * Tag and digest of an image; a port of the registry is no tag. @source Kubernetes, images: image
 * names
 */
function partsOf({ image }: Container): { tag: string | undefined; digest: string | undefined } {
  const [name = '', digest] = typeof image === 'string' ? image.split('@') : []
  const last = name.slice(name.lastIndexOf('/') + 1)
  const colon = last.indexOf(':')
  return { tag: colon === -1 ? undefined : last.slice(colon + 1), digest }
}

const isPinned = (container: Container): boolean => {
  const { tag, digest } = partsOf(container)
  return digest !== undefined || (tag !== undefined && tag !== 'latest')
}

const when = <T>(asked: boolean, list: readonly T[]): readonly T[] => (asked ? list : [])
const pins = (policy: Policy): boolean => policy.manifests.images.pinned !== undefined

export const imagesArePinned = invariant({
  name: 'images-are-pinned',
  title: 'every image is named by what stays',
  reason:
    'a tag that moves runs something else after a restart than before it, and nobody has deployed anything',
  subjects: policy => when(pins(policy), ownNamespaces(policy)),
  observe: policy => when(pins(policy), templateQuestions),
  judge: ({ namespace }, answers, policy) =>
    podTemplates(answers, namespace).flatMap(template =>
      containersOf(template).flatMap((place): readonly Finding[] => {
        const { container, path, id } = place
        const { tag, digest } = partsOf(container)
        // One without any image is no container: its schema says so.
        if (digest !== undefined || typeof container.image !== 'string') return []
        const about = {
          at: placeOf(template.object, [...path, 'image']),
          seen: `${inWords(place, template)} wants ${container.image}`,
        }
        const expected =
          policy.manifests.images.pinned === 'digest'
            ? 'an image with its digest'
            : 'an image with a tag that stays'
        if (tag === undefined)
          return [
            {
              code: `no-tag:${id}`,
              ...about,
              expected,
              remedy: 'name the version that runs now: without a tag it is latest',
            },
          ]
        if (tag === 'latest')
          return [
            { code: `latest:${id}`, ...about, expected, remedy: 'name the version that runs now' },
          ]
        if (policy.manifests.images.pinned !== 'digest') return []
        return [
          {
            code: `no-digest:${id}`,
            ...about,
            expected,
            remedy: `add its digest: ${container.image}@sha256:…, as docker image inspect shows it`,
          },
        ]
      }),
    ),
})

export const imagesStartFromCache = invariant({
  name: 'images-start-from-cache',
  title: 'no container asks the registry for an image that its node has',
  reason:
    'with Always an outage of the registry becomes one of the cluster, at the next restart of any pod, although the image is there',
  subjects: policy => when(policy.manifests.images.fromCache, ownNamespaces(policy)),
  observe: policy => when(policy.manifests.images.fromCache, templateQuestions),
  judge: ({ namespace }, answers) =>
    podTemplates(answers, namespace).flatMap(template =>
      containersOf(template).flatMap((place): readonly Finding[] => {
        const { container, path, id } = place
        const pinned = isPinned(container)
        const unsaid = container.imagePullPolicy === undefined
        // @source Kubernetes, images: default image pull policy
        if ((container.imagePullPolicy ?? (pinned ? 'IfNotPresent' : 'Always')) !== 'Always')
          return []
        return [
          {
            code: `pull-always:${id}`,
            seen: `${inWords(place, template)} pulls at every start${unsaid ? ', which is the default without a tag' : ''}`,
            expected: 'imagePullPolicy: IfNotPresent',
            remedy: pinned
              ? 'set imagePullPolicy to IfNotPresent: its tag does not move'
              : 'pin its image, then set imagePullPolicy to IfNotPresent',
            at: placeOf(template.object, [...path, 'imagePullPolicy']),
            // Without a pinned image whatever happens to be on the node would stay.
            ...(pinned ? { change: { to: 'IfNotPresent' } } : {}),
          },
        ]
      }),
    ),
})

verify(import.meta, imagesArePinned, imagesStartFromCache)
