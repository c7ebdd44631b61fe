// Questions about Talos: what its client configuration points to.
import type { Policy } from '#src/model/policy/policy.ts'
import type { Question } from '#src/model/question.ts'
import { type TalosInfo, configInfo } from './client.ts'

/** Where talosctl would go. */
export const talosInfo = (policy: Policy): Question<TalosInfo> => ({
  key: 'access.talosconfig',
  description: 'read the talosconfig',
  origin: 'talosctl',
  needs: ['talos'],
  ask: asking => configInfo(asking, policy.identity.talosconfig),
})
