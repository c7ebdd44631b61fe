// Images: a restart runs the same program as before, even while the registry is unreachable.
import { fact, invariant, verify, type Policy } from '#helpers/index.ts'
import { isPinned, partsOf } from '#helpers/kubernetes/images.ts'
import {
  everyContainer,
  inWords,
  ownNamespaces,
  templateQuestions,
  type ContainerPlace,
  type PodTemplate,
} from '#helpers/kubernetes/templates.ts'

/** A container names its image in a way that can change. */
const loose = <Code extends string>(code: Code, remedy: (image: string) => string) =>
  fact(code, (template: PodTemplate, place: ContainerPlace, pinned: Pinned) => ({
    which: place.id,
    seen: `${inWords(place, template)} wants ${place.container.image}`,
    expected: pinned === 'digest' ? 'an image with its digest' : 'an image with a fixed tag',
    remedy: remedy(place.container.image),
    at: [template.object, [...place.path, 'image']],
  }))
type Pinned = Policy['manifests']['images']['pinned']

const noTag = loose('no-tag', () => 'name the version that runs now: without a tag it is latest')
const latest = loose('latest', () => 'name the version that runs now')
const noDigest = loose(
  'no-digest',
  image => `add its digest: ${image}@sha256:…, as docker image inspect shows it`,
)

export const imagesArePinned = invariant({
  name: 'images-are-pinned',
  about: 'manifests',
  title: 'every image is pinned by a digest or an unchanging tag',
  reason: 'with a moving tag, a restart can run another program without a deploy',
  when: policy => policy.manifests.images.pinned !== undefined,
  subjects: ownNamespaces,
  observe: () => templateQuestions,
  facts: [noTag, latest, noDigest],
  judge: ({ namespace }, answers, { manifests: { images } }) =>
    everyContainer(answers, namespace).map(([template, place]) => {
      const { tag, digest } = partsOf(place.container)
      // The schema judges a container without any image.
      if (digest !== undefined || typeof place.container.image !== 'string') return undefined
      if (tag === undefined) return noTag(template, place, images.pinned)
      if (tag === 'latest') return latest(template, place, images.pinned)
      return images.pinned === 'digest' && noDigest(template, place, images.pinned)
    }),
})

/** Without a pinned image the change is not certain: the node would keep whatever image it has. */
const pullsAlways = fact('pull-always', (template: PodTemplate, place: ContainerPlace) => {
  const pinned = isPinned(place.container)
  const byDefault = (place.container.imagePullPolicy ?? '') === ''
  const why = byDefault ? ', which is the default without a tag' : ''
  return {
    which: place.id,
    seen: `${inWords(place, template)} pulls its image at every start${why}`,
    expected: 'imagePullPolicy: IfNotPresent',
    remedy: pinned
      ? 'set imagePullPolicy to IfNotPresent: its tag is fixed'
      : 'pin its image, then set imagePullPolicy to IfNotPresent',
    at: [template.object, [...place.path, 'imagePullPolicy']],
    set: pinned ? 'IfNotPresent' : undefined,
  }
})

/** @source Kubernetes, images: default image pull policy */
const byImage = (container: ContainerPlace['container']): string =>
  isPinned(container) ? 'IfNotPresent' : 'Always'
/** An empty policy is as good as none. */
const pullPolicyOf = ({ container }: ContainerPlace): string =>
  (container.imagePullPolicy ?? '') === ''
    ? byImage(container)
    : (container.imagePullPolicy ?? byImage(container))

export const imagesStartFromCache = invariant({
  name: 'images-start-from-cache',
  about: 'manifests',
  title: 'no container pulls an image that its node already has',
  reason:
    'with Always, an outage of the registry becomes one of the cluster at the next restart of a ' +
    'pod, although its node has the image',
  when: policy => policy.manifests.images.fromCache,
  subjects: ownNamespaces,
  observe: () => templateQuestions,
  facts: [pullsAlways],
  judge: ({ namespace }, answers) =>
    everyContainer(answers, namespace)
      .filter(([, place]) => pullPolicyOf(place) === 'Always')
      .map(([template, place]) => pullsAlways(template, place)),
})

verify(import.meta, imagesArePinned, imagesStartFromCache)
