// Fixes for nodes whose Kubernetes runs as a systemd unit.
import { callOf } from '#src/commands/call.ts'
import { fix } from '#src/model/index.ts'
import { systemd } from './client.ts'
import { nodeService, nodeServices, servedNodes } from './questions.ts'
import type { UnitState } from './unit-state.ts'

/**
 * Deadline of a restart, ms: systemd reports k3s as started once its API answers.
 * @source systemd.service(5): DefaultTimeoutStartSec 90 s, and time to connect
 */
const patience = 120_000

/** systemd has given up on the unit, or a person stopped it: it does not start on its own. */
const isDown = (state: UnitState | null): boolean =>
  state !== null && (state.active === 'failed' || state.active === 'inactive')

export const restartNodeService = fix({
  name: 'restart-node-service',
  title: 'restart a machine’s Kubernetes service that systemd reports as failed or inactive',
  reason: 'systemd stops restarting a unit after too many failures; its node then stays NotReady',
  harm: 'restarts a node service',
  /** systemd restarts k3s after 5 s. @source k3s.service: RestartSec=5s */
  confirm: { looks: 2, every: '10 s' },
  cooldown: '300 s',
  /** @source systemd.service(5): DefaultTimeoutStartSec 90 s, and the kubelet's next heartbeat */
  settles: '180 s',
  observe: nodeServices,
  plan: (answers, policy) =>
    servedNodes(policy)
      .filter(node => isDown(answers(nodeService(node))))
      .map(({ name, service }) => ({
        command: `ssh ${service.host} systemctl restart ${service.unit} (node ${name})`,
        apply: runtime => systemd(callOf({ runtime }, patience), service).restart(service.unit),
      })),
})
