// The figure that each peer reports for the same recovery: it deletes the same pod, and its own
// report gives the time.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { start } from '#bench/peers/processes.ts'

export interface Where {
  /** For files of one run. */
  folder: string
  kubeconfig: string
}

export const pod = { namespace: 'sandbox', label: 'app=site', deployment: 'site' } as const

/** The longest recovery that the benchmark waits for, s. */
const patience = 60

/** s from the peer's own start to its own recovery; undefined where it reports none. */
export type Peer = (where: Where) => Promise<{ figure: number | undefined; code: number }>

const python = (module: string, func: string, args: object) => ({
  type: 'python',
  module,
  func,
  arguments: args,
})
const journal = z.object({ run: z.array(z.object({ start: z.string(), end: z.string() })) })

/** Deletes the pod, and waits until its Deployment is available. */
const deletion = {
  title: 'a pod is deleted',
  description: 'a Deployment replaces it',
  method: [
    {
      type: 'action',
      name: 'delete',
      provider: python('chaosk8s.pod.actions', 'terminate_pods', {
        label_selector: pod.label,
        ns: pod.namespace,
        all: true,
      }),
    },
    {
      type: 'probe',
      name: 'available',
      provider: python('chaosk8s.deployment.probes', 'deployment_fully_available', {
        name: pod.deployment,
        ns: pod.namespace,
        timeout: patience,
      }),
    },
  ],
  rollbacks: [],
}

/** s from the start of the first step to the end of the last one. */
function span(first: string | undefined, last: string | undefined): number | undefined {
  if (first === undefined || last === undefined) return undefined
  return (Date.parse(last) - Date.parse(first)) / 1000
}

/** Its journal has the times of both steps, and no figure. */
export const chaosToolkit =
  (program: string): Peer =>
  async ({ folder, kubeconfig }) => {
    const [file, kept] = [join(folder, 'deletion.json'), join(folder, 'journal.json')]
    writeFileSync(file, JSON.stringify(deletion))
    const { code } = await start(
      [program, '--no-version-check', '--no-log-file', 'run', '--journal-path', kept, file],
      { cwd: folder, environment: { HOME: folder, KUBECONFIG: kubeconfig } },
    ).ended
    if (!existsSync(kept)) return { figure: undefined, code }
    const { run } = journal.parse(JSON.parse(readFileSync(kept, 'utf8')))
    return { figure: span(run[0]?.start, run[1]?.end), code }
  }

const report = z.looseObject({
  tests: z.array(
    z.looseObject({
      steps: z.array(
        z.looseObject({
          operations: z
            .array(
              z.looseObject({
                name: z.string().optional(),
                type: z.string().optional(),
                startTime: z.string(),
                endTime: z.string(),
              }),
            )
            .optional(),
        }),
      ),
    }),
  ),
})

/** Deletes the pod, and asserts that its Deployment is available. */
const chainsawTest = {
  apiVersion: 'chainsaw.kyverno.io/v1alpha1',
  kind: 'Test',
  metadata: { name: 'a-pod-is-deleted' },
  spec: {
    namespace: pod.namespace,
    timeouts: { delete: `${patience}s`, assert: `${patience}s` },
    steps: [
      {
        try: [
          {
            delete: {
              ref: {
                apiVersion: 'v1',
                kind: 'Pod',
                namespace: pod.namespace,
                labels: { app: 'site' },
              },
            },
          },
          {
            assert: {
              resource: {
                apiVersion: 'apps/v1',
                kind: 'Deployment',
                metadata: { name: pod.deployment, namespace: pod.namespace },
                status: { availableReplicas: 1 },
              },
            },
          },
        ],
      },
    ],
  },
}

/** Its report has the times of both operations. */
export const chainsaw =
  (program: string): Peer =>
  async ({ folder, kubeconfig }) => {
    const test = join(folder, 'test')
    mkdirSync(test, { recursive: true })
    writeFileSync(join(test, 'chainsaw-test.yaml'), JSON.stringify(chainsawTest))
    const reporting = ['--report-format', 'JSON', '--report-path', folder]
    const { code } = await start([program, 'test', test, ...reporting, '--report-name', 'report'], {
      cwd: folder,
      environment: { HOME: folder, KUBECONFIG: kubeconfig },
    }).ended
    const file = join(folder, 'report.json')
    if (!existsSync(file)) return { figure: undefined, code }
    const operations = report
      .parse(JSON.parse(readFileSync(file, 'utf8')))
      .tests.flatMap(({ steps }) => steps)
      .flatMap(({ operations: list = [] }) => list)
    return { figure: span(operations[0]?.startTime, operations.at(-1)?.endTime), code }
  }

/**
 * Krkn's pod scenario, with its own library: it starts the monitor, deletes the pod and prints the
 * result of the monitor.
 */
const scenario = `
import json, sys
from krkn_lib.k8s import KrknKubernetes
from krkn_lib.k8s.pod_monitor import select_and_monitor_by_namespace_pattern_and_label
kubernetes = KrknKubernetes(kubeconfig_path=sys.argv[1])
pods = dict(namespace_pattern='${pod.namespace}', label_selector='${pod.label}')
monitor = select_and_monitor_by_namespace_pattern_and_label(
    **pods, max_timeout=${patience}, v1_client=kubernetes.cli)
running = kubernetes.select_pods_by_namespace_pattern_and_label(
    **pods, field_selector='status.phase=Running')
for name, namespace in [(one[0], one[1]) for one in running]:
    kubernetes.delete_pod(name, namespace)
status = monitor.result().get_pods_status()
print('RESULT ' + json.dumps([one.total_recovery_time for one in status.recovered]))
`

export const krkn =
  (program: string): Peer =>
  async ({ folder, kubeconfig }) => {
    const file = join(folder, 'scenario.py')
    writeFileSync(file, scenario)
    const { code, said } = await start([program, file, kubeconfig], {
      cwd: folder,
      environment: { HOME: folder },
    }).ended
    const found = /^RESULT (.*)$/m.exec(said)?.[1]
    if (found === undefined)
      throw new Error(`Krkn's library printed no result: ${said.slice(-600)}`)
    return { figure: z.array(z.number()).parse(JSON.parse(found))[0], code }
  }
