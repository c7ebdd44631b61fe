// Docker's proof that this host carries the policy's cluster: it has the cluster's node containers.
import type { Carrier } from '#src/model/platform/platform.ts'
import { nodeContainers } from './questions.ts'

export const carrier: Carrier = {
  async proof(runtime, policy, ask) {
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
    return there.length > 0 ? `its Docker has the node container ${there.join(', ')}` : undefined
  },
  missing: () => "its Docker has none of the policy's node containers",
}
