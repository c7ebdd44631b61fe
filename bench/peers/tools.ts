// The two tools with the same fault: a node is cordoned, and the pods of one Deployment are
// deleted, so that they have to be scheduled again.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import { start, type Running } from './processes.ts'
import { root, type Stage } from './stage.ts'

export interface Tool {
  readonly name: 'Chaos Toolkit' | 'holdfast'
  /**
   * Starts the fault, and all steps of the tool until the state should be as before. `unhealed`:
   * without a repair by a fix.
   */
  drill(stage: Stage, options?: { unhealed?: boolean }): Running
  /** The next start after a kill: another run, which changes nothing by itself. */
  next(stage: Stage): Running
}

/**
 * s for which Chaos Toolkit's fault stays active: longer than it takes to interrupt it, about as
 * long as holdfast takes to heal and to be sure.
 */
const active = 20
/** How long its hypothesis may wait for the Deployment, s. */
const hypothesis = 10

const python = (module: string, func: string, args: object) => ({
  type: 'python',
  module,
  func,
  arguments: args,
})

/** Cordons the node, deletes the pods, and pauses while the fault is active. */
const methodOf = ({ node, displaced: { selector, namespace } }: Stage): readonly object[] => [
  {
    type: 'action',
    name: 'cordon',
    provider: python('chaosk8s.node.actions', 'cordon_node', { name: node }),
  },
  {
    type: 'action',
    name: 'delete the pods',
    provider: python('chaosk8s.pod.actions', 'terminate_pods', {
      label_selector: selector,
      ns: namespace,
      all: true,
    }),
  },
  {
    type: 'probe',
    name: 'pods that run',
    provider: python('chaosk8s.pod.probes', 'count_pods', {
      label_selector: selector,
      ns: namespace,
      phase: 'Running',
    }),
    pauses: { after: active },
  },
]

/**
 * As its documentation recommends: a hypothesis, a rollback for each step of the method, and the
 * strategy that always rolls back.
 */
function experiment(stage: Stage): object {
  const { node, displaced } = stage
  return {
    title: 'A node comes back cordoned',
    description: 'New pods stay Pending until it is uncordoned.',
    runtime: { rollbacks: { strategy: 'always' } },
    'steady-state-hypothesis': {
      title: 'the Deployment is available',
      probes: [
        {
          type: 'probe',
          name: 'available',
          tolerance: true,
          provider: python('chaosk8s.deployment.probes', 'deployment_fully_available', {
            name: displaced.name,
            ns: displaced.namespace,
            timeout: hypothesis,
          }),
        },
      ],
    },
    method: methodOf(stage),
    rollbacks: [
      {
        type: 'action',
        name: 'uncordon',
        provider: python('chaosk8s.node.actions', 'uncordon_node', { name: node }),
      },
    ],
  }
}

/** Reads the nodes and changes nothing. */
const other = {
  title: 'Something else',
  description: 'Another experiment, which only reads.',
  runtime: { rollbacks: { strategy: 'always' } },
  method: [
    { type: 'probe', name: 'nodes', provider: python('chaosk8s.node.probes', 'get_nodes', {}) },
  ],
  rollbacks: [],
}

export function chaosToolkitTool(chaos: string): Tool {
  const run = (stage: Stage, name: string, what: object): Running => {
    const file = join(stage.folder, `${name}.json`)
    writeFileSync(file, JSON.stringify(what, null, 2))
    return start(
      [
        chaos,
        '--no-version-check',
        '--no-log-file',
        'run',
        '--rollback-strategy',
        'always',
        '--journal-path',
        join(stage.folder, `${name}-journal.json`),
        file,
      ],
      { cwd: stage.folder, environment: { HOME: stage.folder, KUBECONFIG: stage.kubeconfig } },
    )
  }
  return {
    name: 'Chaos Toolkit',
    drill: stage => run(stage, 'experiment', experiment(stage)),
    next: stage => run(stage, 'other', other),
  }
}

export const holdfastTool: Tool = (() => {
  const run = (stage: Stage, words: readonly string[]): Running =>
    start(
      [
        execPath,
        join(root, 'bin', 'holdfast.mjs'),
        ...words,
        '--target',
        'live',
        '--cluster',
        stage.policy,
        '--reports',
        join(stage.folder, 'reports'),
      ],
      {
        cwd: stage.folder,
        environment: {
          HOME: stage.home,
          PATH: `${stage.programs}:${env['PATH'] ?? ''}`,
          HOLDFAST_STATE: join(stage.folder, 'state'),
        },
      },
    )
  return {
    name: 'holdfast',
    drill: (stage, { unhealed = false } = {}) =>
      run(stage, [
        'drill',
        'node-comes-back-cordoned',
        '--yes',
        ...(unhealed ? ['--disable', 'uncordon'] : []),
      ]),
    next: stage => run(stage, ['check']),
  }
})()
