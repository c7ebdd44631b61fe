// Failures of honeydue's own workloads: api, admin, worker, redis.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › Application-level'

export const application = [
  ...under(`${level} › api pod OOM`, [
    {
      id: 'application.out-of-memory-restarts',
      kind: 'failure-mode',
      statement:
        'The kubelet restarts an api pod that was killed for its memory, with nobody helping.',
    },
    {
      id: 'application.out-of-memory-is-brief',
      kind: 'failure-mode',
      statement: 'Its user sees a brief 502; the requests that follow go to healthy pods.',
    },
    {
      id: 'application.out-of-memory-leaves-endpoints',
      kind: 'failure-mode',
      statement:
        'The readiness probe takes an api pod that runs out of memory out of the endpoints of the Service.',
    },
    {
      id: 'application.out-of-memory-repeats',
      kind: 'rule',
      statement:
        'An api pod that keeps running out of memory gets a higher memory limit, or its leak is found.',
    },
    {
      id: 'application.out-of-memory-is-checked',
      kind: 'rule',
      statement:
        'The description of the pod and its previous log are read: they show whether it was killed for its memory.',
    },
  ]),
  ...under(`${level} › api pod panics`, [
    {
      id: 'application.panic-restarts',
      kind: 'failure-mode',
      statement:
        'The kubelet restarts an api pod whose process a goroutine panic has killed; users see no more than when memory runs out.',
    },
    {
      id: 'application.panic-repeats',
      kind: 'failure-mode',
      statement:
        'A panic that the same input causes each time is seen as a crash loop and not taken for one that a restart heals.',
      provenBy: ['no-pod-is-stuck'],
    },
    {
      id: 'application.panic-is-fixed',
      kind: 'rule',
      statement:
        'For a repeating panic the logs are read, the stack trace found, the code fixed and deployed.',
    },
    {
      id: 'application.bad-release-is-undone',
      kind: 'rule',
      statement:
        'When all 3 api pods crash-loop at their start because of bad code, the rollout is undone to the previous revision.',
    },
  ]),
  ...under(`${level} › api deadlocks`, [
    {
      id: 'application.deadlock',
      kind: 'failure-mode',
      statement:
        'Readiness of the api means that real requests are answered: not 3 pods that are up, pass a shallow probe and let requests hang.',
      provenBy: ['liveness-asks-for-itself'],
    },
    {
      id: 'application.liveness-differs',
      kind: 'lesson',
      statement:
        'The liveness probe of the api asks something other than the endpoint of readiness; while both are the same, no restart ends a deadlock.',
      provenBy: ['liveness-asks-for-itself'],
    },
    {
      id: 'application.deadlock-shows-at-the-edge',
      kind: 'failure-mode',
      statement:
        'A share of 504 that grows gradually at the edge is noticed as a deadlock of the api.',
    },
    {
      id: 'application.deadlock-is-restarted',
      kind: 'rule',
      statement: 'A deadlocked api is restarted by hand, as a deployment in honeydue.',
    },
  ]),
  ...under(`${level} › admin pod crashes`, [
    {
      id: 'application.admin-answers',
      kind: 'failure-mode',
      statement:
        'admin.myhoneydue.com answers; a 502 from Cloudflare there means that the admin pod has crashed.',
    },
    {
      id: 'application.admin-returns',
      kind: 'failure-mode',
      statement: 'A crashed admin pod is back by itself, usually within 10–30 s.',
    },
    {
      id: 'application.admin-alone',
      kind: 'failure-mode',
      statement:
        'Only administrators lose access when the admin pod crashes; the api for users is unaffected.',
    },
  ]),
  ...under(`${level} › worker stops processing jobs`, [
    {
      id: 'application.worker-works',
      kind: 'failure-mode',
      statement: 'The worker processes its jobs: emails are sent and cron jobs fire.',
    },
    {
      id: 'application.worker-stall-is-noticed',
      kind: 'failure-mode',
      statement:
        'A stalled worker is noticed by the backlog of the queue in Redis or a missing daily digest, since no alert tells of it.',
    },
    {
      id: 'application.worker-is-restarted',
      kind: 'rule',
      statement: 'A worker that has stopped processing is restarted as a deployment in honeydue.',
    },
    {
      id: 'application.worker-log',
      kind: 'rule',
      statement:
        'Where the worker stops again the last 100 lines of its log are searched for the error.',
    },
  ]),
  ...under(`${level} › redis pod dies + node is different`, [
    {
      id: 'application.redis-volume-stays-behind',
      kind: 'failure-mode',
      statement:
        'A redis pod on another node than its local-path volume finds an empty data folder or cannot mount at all; both are noticed.',
    },
    {
      id: 'application.redis-same-node',
      kind: 'failure-mode',
      statement:
        'While its node is alive, a redis pod that died comes back on the same node with its data intact.',
    },
    {
      id: 'application.redis-starts-empty',
      kind: 'failure-mode',
      statement: 'When its node is gone Redis starts empty, and the cache fills again.',
    },
    {
      id: 'application.redis-queue-is-lost',
      kind: 'failure-mode',
      statement:
        'The state of the Asynq queue is lost with the node: pending jobs queue again on retry, cron jobs at their next tick.',
    },
    {
      id: 'application.redis-label',
      kind: 'must',
      statement: 'The label honeydue/redis=true is on a healthy node.',
    },
    {
      id: 'application.redis-label-moves',
      kind: 'rule',
      statement:
        'After the loss of its node the label honeydue/redis=true is set on a new node and taken from the dead one, if that still exists.',
    },
  ]),
]
