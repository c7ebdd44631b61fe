// The cluster starts the nightly run itself: a CronJob with an account of its own.
import { z } from 'zod'
import {
  errorMessage,
  objectLabel,
  type KubeObject,
  type Night,
  type Part,
  type Schedule,
  type ScheduleContext,
  type Scheduler,
  type ScheduleState,
} from '#src/model/index.ts'
import type { Kube } from '#src/kubernetes/client.ts'
import { resources } from '#src/kubernetes/kinds.ts'
import { clock } from '#helpers/host/hours.ts'
import { api } from '#helpers/kubernetes/api.ts'
import {
  avoidedNodes,
  cronJob,
  nightlyLabels,
  nightlyName,
  ownNamespace,
  settingsMap,
} from './cron-job.ts'

/** An object with the label by which remove finds it. */
function marked(object: KubeObject): KubeObject {
  const labels = {
    'app.kubernetes.io/name': 'holdfast',
    ...object.metadata.labels,
    [objectLabel.name]: objectLabel.value,
  }
  return { ...object, metadata: { ...object.metadata, labels } }
}

/** The namespace also holds the undo records of drills: it is neither changed nor removed. */
const partOf = (object: KubeObject): Part =>
  object.kind === 'Namespace'
    ? { kind: 'object', object, shared: true }
    : { kind: 'object', object: marked(object) }

function notesFor(night: Night): readonly string[] {
  const { takenDown, image, onFailure } = night
  const avoided = avoidedNodes(night)
  const all = takenDown.length > 0 && avoided.length === 0
  return [
    `The image ${image} has to be on the nodes or in a registry: deploy/image builds it.`,
    `Namespace ${ownNamespace} stays after remove: undo records of drills lie in it.`,
    'A pod sees no host: verdicts about its processes, ports and programs are unknown, and a ' +
      'night with them ends with 2. --only or a policy without them leaves them out.',
    ...(avoided.length === 0
      ? []
      : [`It never runs on ${avoided.join(', ')}: drills of its rotation take that down.`]),
    ...(all
      ? [
          `Its drills take down every node of the policy (${takenDown.join(', ')}), and the ` +
            'night with it. The next start undoes what is left, so run such drills from a host.',
        ]
      : []),
    ...(onFailure === undefined
      ? []
      : ['A CronJob starts nothing else: --on-failure does nothing.']),
  ]
}

const schedule = (night: Night): Schedule => ({
  title: `CronJob ${ownNamespace}/${nightlyName}`,
  when: `${clock(night.at)} UTC`,
  parts: [
    ...night.access({ name: nightlyName, namespace: ownNamespace }),
    settingsMap(night),
    cronJob(night),
  ].map(partOf),
  start: [],
  stop: [],
  traces: [],
  removed: [],
  notes: notesFor(night),
})

async function problem(context: ScheduleContext): Promise<string | undefined> {
  try {
    const { status } = await (await api(context)).raw('/apis/batch/v1')
    return status === 200 ? undefined : `the API answers ${status} to the question for CronJobs`
  } catch (error) {
    return errorMessage(error)
  }
}

const cronShape = z.object({
  spec: z.object({ schedule: z.string(), suspend: z.boolean().optional() }),
})
const jobShape = z.object({
  metadata: z.object({ name: z.string(), creationTimestamp: z.string() }),
  status: z
    .object({
      active: z.number().optional(),
      startTime: z.string().optional(),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() }))
        .default([]),
    })
    .default({ conditions: [] }),
})
const podShape = z.object({
  status: z.object({
    containerStatuses: z
      .array(
        z.object({
          state: z.object({ terminated: z.object({ exitCode: z.number() }).optional() }),
        }),
      )
      .default([]),
  }),
})

type NightJob = z.infer<typeof jobShape>

const dayMs = 86_400_000

/** The next time of a schedule as install writes it; undefined for any other. */
export function nextOf(schedule: string, now: number): number | undefined {
  const match = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(schedule)
  if (match === null) return undefined
  const today = new Date(now).setUTCHours(Number(match[2]), Number(match[1]), 0, 0)
  return today > now ? today : today + dayMs
}

/** The exit code of a Job's pod; undefined: the pod is gone or has not ended. */
async function codeOf(kube: Kube, { metadata: { name } }: NightJob): Promise<number | undefined> {
  const found = await kube.list(resources.pods, {
    namespace: ownNamespace,
    labelSelector: `job-name=${name}`,
  })
  return found
    .flatMap(pod => podShape.safeParse(pod).data?.status.containerStatuses ?? [])
    .flatMap(({ state }) => state.terminated?.exitCode ?? [])[0]
}

async function lastOf(kube: Kube, job: NightJob | undefined): Promise<ScheduleState['last']> {
  if (job === undefined) return undefined
  const at = Date.parse(job.status.startTime ?? job.metadata.creationTimestamp)
  const code = await codeOf(kube, job)
  if (code !== undefined) return { at, code }
  const ended = job.status.conditions.find(({ type, status }) => status === 'True' && type !== '')
  if (ended === undefined) return { at, why: 'it has not ended' }
  return ended.type === 'Complete'
    ? { at, code: 0 }
    : { at, why: `its Job failed: ${ended.reason ?? ended.type}` }
}

async function state(context: ScheduleContext): Promise<ScheduleState> {
  const kube = await api(context)
  const found = cronShape.safeParse(await kube.get(resources.cronjobs, nightlyName, ownNamespace))
  const selector = Object.entries(nightlyLabels).map(([name, value]) => `${name}=${value}`)
  const jobs = await kube.list(resources.jobs, {
    namespace: ownNamespace,
    labelSelector: selector.join(','),
  })
  const newest = jobs
    .flatMap(job => jobShape.safeParse(job).data ?? [])
    .toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1))[0]
  const active = found.success && found.data.spec.suspend !== true
  return {
    active,
    running: (newest?.status.active ?? 0) > 0,
    last: await lastOf(kube, newest),
    next: active ? nextOf(found.data.spec.schedule, context.runtime.clock.now()) : undefined,
    notes: [],
  }
}

export const scheduler: Scheduler = { onlyByName: true, problem, schedule, state }
