// Failures of honeydue's own workloads: api, admin, worker, redis.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › Application-level'

export const application = [
  ...under(`${level} › api pod OOM`, [
    {
      id: 'application.out-of-memory-restarts',
      kind: 'failure-mode',
      statement: 'The kubelet restarts an api pod that ran out of memory, without a person.',
    },
    {
      id: 'application.out-of-memory-is-brief',
      kind: 'failure-mode',
      statement:
        'When an api pod runs out of memory, its user gets a brief 502. ' +
        'Later requests go to healthy pods.',
    },
    {
      id: 'application.out-of-memory-leaves-endpoints',
      kind: 'failure-mode',
      statement:
        'The readiness probe removes an api pod that runs out of memory from the endpoints of ' +
        'the Service.',
    },
    {
      id: 'application.out-of-memory-repeats',
      kind: 'rule',
      statement:
        'An api pod that repeatedly runs out of memory gets a higher memory limit or a leak fix.',
    },
    {
      id: 'application.out-of-memory-is-checked',
      kind: 'rule',
      statement:
        'The operator reads the pod description and the previous log: ' +
        'they show whether the pod ran out of memory.',
    },
  ]),
  ...under(`${level} › api pod panics`, [
    {
      id: 'application.panic-restarts',
      kind: 'failure-mode',
      statement:
        'The kubelet restarts an api pod after a goroutine panic. ' +
        'Users notice no more than when a pod runs out of memory.',
    },
    {
      id: 'application.panic-repeats',
      kind: 'failure-mode',
      statement:
        'A panic that the same input causes every time shows as a crash loop: ' +
        'a restart does not heal it.',
      provenBy: ['no-pod-is-stuck'],
    },
    {
      id: 'application.panic-is-fixed',
      kind: 'rule',
      statement:
        'For a repeated panic the operator reads the logs, finds the stack trace, ' +
        'fixes the code and deploys it.',
    },
    {
      id: 'application.bad-release-is-undone',
      kind: 'rule',
      statement:
        'When bad code makes all 3 api pods crash-loop at startup, ' +
        'the operator rolls back to the previous revision.',
    },
  ]),
  ...under(`${level} › api deadlocks`, [
    {
      id: 'application.deadlock',
      kind: 'failure-mode',
      statement:
        'A ready api answers real requests. ' +
        '3 pods that are up and pass a shallow probe do not count while requests hang.',
      provenBy: ['liveness-asks-for-itself'],
    },
    {
      id: 'application.liveness-differs',
      kind: 'lesson',
      statement:
        'The liveness probe of the api uses another endpoint than the readiness probe: ' +
        'with the same one no restart ends a deadlock.',
      provenBy: ['liveness-asks-for-itself'],
    },
    {
      id: 'application.deadlock-shows-at-the-edge',
      kind: 'failure-mode',
      statement:
        'The operator recognises a deadlock of the api by a gradual rise of 504 responses at ' +
        'the edge.',
    },
    {
      id: 'application.deadlock-is-restarted',
      kind: 'rule',
      statement: 'The operator restarts the api Deployment in honeydue when the api deadlocks.',
    },
  ]),
  ...under(`${level} › admin pod crashes`, [
    {
      id: 'application.admin-answers',
      kind: 'failure-mode',
      statement:
        'admin.myhoneydue.com answers: a 502 from Cloudflare means that the admin pod crashed.',
    },
    {
      id: 'application.admin-returns',
      kind: 'failure-mode',
      statement: 'A crashed admin pod recovers by itself, usually within 10–30 s.',
    },
    {
      id: 'application.admin-alone',
      kind: 'failure-mode',
      statement:
        'When the admin pod crashes, only administrators lose access. The user api is unaffected.',
    },
  ]),
  ...under(`${level} › worker stops processing jobs`, [
    {
      id: 'application.worker-works',
      kind: 'failure-mode',
      statement: 'The worker processes its jobs: it sends emails and runs cron jobs.',
    },
    {
      id: 'application.worker-stall-is-noticed',
      kind: 'failure-mode',
      statement:
        'A queue backlog in Redis or a missing daily digest reveals a stalled worker: ' +
        'no alert does.',
    },
    {
      id: 'application.worker-is-restarted',
      kind: 'rule',
      statement: 'The operator restarts the worker Deployment in honeydue when the worker stalls.',
    },
    {
      id: 'application.worker-log',
      kind: 'rule',
      statement:
        'When the worker stalls again, the operator searches its last 100 log lines for the error.',
    },
  ]),
  ...under(`${level} › redis pod dies + node is different`, [
    {
      id: 'application.redis-volume-stays-behind',
      kind: 'failure-mode',
      statement:
        'A redis pod that starts on a node without its local-path volume is detected, ' +
        'whether it finds an empty data folder or cannot mount.',
    },
    {
      id: 'application.redis-same-node',
      kind: 'failure-mode',
      statement:
        'A redis pod that dies on a live node returns on the same node with its data intact.',
    },
    {
      id: 'application.redis-starts-empty',
      kind: 'failure-mode',
      statement: 'When its node is lost, Redis starts empty and the cache fills again.',
    },
    {
      id: 'application.redis-queue-is-lost',
      kind: 'failure-mode',
      statement:
        'The Asynq queue state is lost with the node: ' +
        'pending jobs queue again on retry, cron jobs at their next tick.',
    },
    {
      id: 'application.redis-label',
      kind: 'must',
      statement: 'A healthy node has the label honeydue/redis=true.',
    },
    {
      id: 'application.redis-label-moves',
      kind: 'rule',
      statement:
        'After the loss of its node, the operator sets the label honeydue/redis=true on a new ' +
        'node and removes it from the dead one, if that still exists.',
    },
  ]),
]
