// Whether this host is the one that carries the policy's cluster, before anything on it is touched.
import { paths } from '#helpers/colima/client.ts'
import { nodeContainers } from '#helpers/docker/questions.ts'
import { access } from '#helpers/kubernetes/access.ts'
import type { Answer, Policy, Question, Runtime } from '#src/model/index.ts'

/** How a question is asked outside a snapshot. */
type Ask = <T>(question: Question<T>, runtime: Runtime, policy: Policy) => Promise<Answer<T>>

/**
 * What shows that this host carries the cluster: a node container of that name in its Docker; where
 * Docker is silent, its Colima profile and a kubeconfig that knows the cluster. Undefined: nothing
 * does.
 */
export async function carrierOf(
  runtime: Runtime,
  policy: Policy,
  ask: Ask,
): Promise<string | undefined> {
  const answers = await Promise.all(
    nodeContainers(policy).map(async question => ({
      key: question.key,
      answer: await ask(question, runtime, policy),
    })),
  )
  const there = policy.nodes.flatMap(({ container }) => {
    const isThere = answers.some(
      ({ key, answer }) => answer.kind === 'known' && key.endsWith(`.${container?.name}`),
    )
    return isThere && container !== undefined ? [container.name] : []
  })
  if (there.length > 0) return `its Docker has the node container ${there.join(', ')}`
  if (policy.host === undefined) return undefined
  const known = await ask(access, runtime, policy)
  const chosen = known.kind === 'known' ? known.value.chosen : undefined
  if (chosen === undefined) return undefined
  const files = await runtime.files.list(paths(runtime.home, policy.host.profile).lima)
  if (files.length === 0) return undefined
  return (
    `it has the Colima profile ${policy.host.profile}, ` +
    `and ${policy.identity.kubeconfig} knows ${chosen.name}`
  )
}

/** What would have shown it, and is not there. */
export const missingCarrier = ({ host }: Policy): string =>
  "its Docker has none of the policy's node containers" +
  (host === undefined
    ? ''
    : `, and there is no Colima profile ${host.profile} beside a kubeconfig that knows the cluster`)
