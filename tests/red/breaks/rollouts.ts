// Breaks of roll-outs while the old pods still serve: no room, no image, no registry, no
// controller.
import { resources } from '#src/kubernetes/client.ts'
import type { WorkloadObject } from '#src/model/index.ts'
import { node, type World } from '#tests/red/world.ts'
import type { Break } from './break.ts'
import { changeContainer, needs } from './workloads.ts'

const worker = 'joelclaw/system-bus-worker'
const missing = 'ghcr.io/joelhooks/system-bus-worker:never-pushed'
const deploy = (world: World, image: string): Promise<unknown> =>
  changeContainer(world, 'Deployment', 'system-bus-worker', [
    { op: 'replace', path: 'image', value: image },
  ])

const neverPushed = {
  code: 'image-missing:system-bus-worker',
  seen: `container system-bus-worker wants ${missing}, and its registry has no such image`,
  expected: 'the newest template runs',
  remedy:
    'push the image, or kubectl rollout undo deployment/system-bus-worker -n joelclaw; ' +
    'and name one that is there in its manifest',
}

export const rollouts: readonly Break[] = [
  {
    name: 'a new ReplicaSet finds no place behind the one that serves',
    // The service has its replica. Only the waiting pod shows the problem.
    findings: {
      'no-pod-is-stuck · namespace joelclaw': [
        {
          code: 'pod-stuck:system-bus-worker-…',
          seen:
            'system-bus-worker-… has not been ready for <time>: Pending, Unschedulable: ' +
            '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, ' +
            'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
          expected: 'ready within 300 s',
          remedy:
            'kubectl get events -n joelclaw --field-selector ' +
            'involvedObject.name=system-bus-worker-…',
        },
      ],
      [`newest-templates-run · ${worker}`]: [
        {
          code: 'rollout-hangs',
          seen:
            '1 of its pods are not of the newest template, without progress for <time> ' +
            '(ReplicaSetUpdated)',
          expected: 'the newest template runs',
          remedy:
            'kubectl rollout status deployment/system-bus-worker -n joelclaw; ' +
            'kubectl describe pods -n joelclaw',
        },
      ],
    },
    also: needs,
    harm: world =>
      changeContainer(world, 'Deployment', 'system-bus-worker', [
        { op: 'add', path: 'resources', value: { requests: { cpu: '64' } } },
      ]),
    wait: '400 s',
    healedBy: [],
  },
  {
    name: 'a deploy names a tag that was never pushed, and the old pods serve',
    findings: { [`newest-templates-run · ${worker}`]: [neverPushed] },
    harm: world => deploy(world, missing),
    wait: '150 s',
    healedBy: ['roll-back-workload'],
  },
  {
    name: 'a deploy takes the old pods first, and names a tag that was never pushed',
    findings: {
      [`newest-templates-run · ${worker}`]: [neverPushed],
      [`workloads-have-their-replicas · ${worker}`]: [
        {
          code: 'too-few-ready',
          seen: '0 ready; system-bus-worker-…: Pending, system-bus-worker ImagePullBackOff',
          expected: '1 ready',
          remedy: 'kubectl describe pods -n joelclaw; kubectl get events -n joelclaw',
        },
      ],
      'ports-answer-their-application · system-bus-worker (3111)': [
        {
          code: 'reset',
          seen: 'reset: socket hang up: docker accepted, the port inside the container is closed',
          expected: 'GET /api/inngest → 200',
          remedy:
            'check each hop: host port 3111, VM forwarder, container port 3111, NodePort, ' +
            'endpoints of joelclaw/system-bus-worker, the application',
        },
      ],
    },
    async harm(world) {
      await (
        await world.kube()
      ).patch(resources.deployments, 'system-bus-worker', 'joelclaw', 'merge', {
        spec: { strategy: { type: 'Recreate', rollingUpdate: null } },
      })
      await deploy(world, missing)
    },
    wait: '150 s',
    healedBy: ['roll-back-workload'],
  },
  {
    name: 'a deploy names a tag that is pushed a moment after its manifest',
    findings: {},
    async harm(world) {
      await deploy(world, missing)
      world.lab.context.clock.after(60_000, () => world.lab.node.imagesOf(node).add(missing))
    },
    wait: '100 s',
    healedBy: [],
  },
  {
    name: 'a deploy while the registry is out of reach',
    findings: {
      'no-pod-is-stuck · namespace joelclaw': [
        {
          code: 'pod-stuck:system-bus-worker-…',
          seen:
            'system-bus-worker-… has not been ready for <time>: ' +
            'Pending, system-bus-worker ImagePullBackOff',
          expected: 'ready within 300 s',
          remedy: 'kubectl describe pod system-bus-worker-… -n joelclaw: waiting does not help',
        },
      ],
      [`newest-templates-run · ${worker}`]: [
        {
          code: 'rollout-hangs',
          seen:
            '1 of its pods are not of the newest template, without progress for <time> ' +
            '(ReplicaSetUpdated)',
          expected: 'the newest template runs',
          remedy:
            `its registry does not answer for ${missing} (dial tcp: lookup ghcr.io: ` +
            'i/o timeout): repair the registry and wait; ' +
            'running pods keep their images, so no rollback is needed',
        },
      ],
    },
    async harm(world) {
      world.lab.node.pullFaults.set('*', 'unreachable')
      await deploy(world, missing)
    },
    wait: '400 s',
    // The image may exist. A roll-back would only hide the failed deploy.
    healedBy: [],
  },
  {
    name: 'a template that the Deployment controller has not looked at',
    findings: {},
    also: { [`newest-templates-run · ${worker}`]: 'unknown' },
    harm: ({ lab }) =>
      void lab.context.store.update<WorkloadObject>(
        'Deployment',
        'joelclaw',
        'system-bus-worker',
        draft => void (draft.metadata.generation = 99),
      ),
    healedBy: [],
  },
]
