// What each peer says of a recovery: the same pod deleted by it, and the figure that its own report
// gives.
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

/** Longest recovery that is waited for, s. */
const patience = 60

/**
 * s from what the peer calls the beginning to what it calls the recovery; undefined where it says
 * none.
 */
export type Peer = (where: Where) => Promise<{ figure: number | undefined; code: number }>

const python = (module: string, func: string, args: object) => ({
  type: 'python',
  module,
  func,
  arguments: args,
})
const journal = z.object({ run: z.array(z.object({ start: z.string(), end: z.string() })) })

/**
 * Its method deletes the pod and then waits until the Deployment is available; its journal has the
 * times of both steps, and no figure.
 */
export const chaosToolkit =
  (program: string): Peer =>
  async ({ folder, kubeconfig }) => {
    writeFileSync(
      join(folder, 'experiment.json'),
      JSON.stringify({
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
      }),
    )
    const { code } = await start(
      [
        program,
        '--no-version-check',
        '--no-log-file',
        'run',
        '--journal-path',
        join(folder, 'journal.json'),
        join(folder, 'experiment.json'),
      ],
      { cwd: folder, environment: { HOME: folder, KUBECONFIG: kubeconfig } },
    ).ended
    if (!existsSync(join(folder, 'journal.json'))) return { figure: undefined, code }
    const { run } = journal.parse(JSON.parse(readFileSync(join(folder, 'journal.json'), 'utf8')))
    const [first, last] = [run[0], run[1]]
    return {
      figure:
        first === undefined || last === undefined
          ? undefined
          : (Date.parse(last.end) - Date.parse(first.start)) / 1000,
      code,
    }
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

/**
 * Deletes, and asserts that the Deployment is available; its report has the times of both
 * operations.
 */
export const chainsaw =
  (program: string): Peer =>
  async ({ folder, kubeconfig }) => {
    const test = join(folder, 'test')
    mkdirSync(test, { recursive: true })
    writeFileSync(
      join(test, 'chainsaw-test.yaml'),
      JSON.stringify({
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
      }),
    )
    const { code } = await start(
      [
        program,
        'test',
        test,
        '--kube-config-overrides',
        '',
        '--report-format',
        'JSON',
        '--report-path',
        folder,
        '--report-name',
        'report',
      ].filter((word, index, all) => word !== '' && all[index + 1] !== ''),
      { cwd: folder, environment: { HOME: folder, KUBECONFIG: kubeconfig } },
    ).ended
    const file = join(folder, 'report.json')
    if (!existsSync(file)) return { figure: undefined, code }
    const operations = report
      .parse(JSON.parse(readFileSync(file, 'utf8')))
      .tests.flatMap(({ steps }) => steps)
      .flatMap(({ operations: list = [] }) => list)
    const [first, last] = [operations[0], operations.at(-1)]
    return {
      figure:
        first === undefined || last === undefined
          ? undefined
          : (Date.parse(last.endTime) - Date.parse(first.startTime)) / 1000,
      code,
    }
  }

/**
 * As Krkn's pod scenario does it, with its own library: its monitor is started, the pod deleted,
 * the monitor's result told.
 */
const scenario = `
import json, sys
from krkn_lib.k8s import KrknKubernetes
from krkn_lib.k8s.pod_monitor import select_and_monitor_by_namespace_pattern_and_label
kubernetes = KrknKubernetes(kubeconfig_path=sys.argv[1])
monitor = select_and_monitor_by_namespace_pattern_and_label(namespace_pattern='${pod.namespace}', label_selector='${pod.label}', max_timeout=${patience}, v1_client=kubernetes.cli)
for name, namespace in [(one[0], one[1]) for one in kubernetes.select_pods_by_namespace_pattern_and_label(label_selector='${pod.label}', namespace_pattern='${pod.namespace}', field_selector='status.phase=Running')]:
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
    if (found === undefined) throw new Error(`Krkn's library told no result: ${said.slice(-600)}`)
    return { figure: z.array(z.number()).parse(JSON.parse(found))[0], code }
  }
