// The control plane: all controllers and the scheduler on one store.
import type { LabContext } from '#lab/kernel/world.ts'
import { accountsController } from './objects/accounts.ts'
import { daemonSetController } from './workloads/daemon-set.ts'
import { delays } from './delays.ts'
import { deploymentController } from './workloads/deployment/deployment.ts'
import { endpointsController } from './services/endpoints.ts'
import { forgetRecorded } from './events/events.ts'
import { garbageCollector } from './objects/garbage-collector.ts'
import { jobController } from './workloads/job.ts'
import { localPath } from './storage/local-path.ts'
import { defaultStoragePath } from './storage/local-path-volume.ts'
import { namespaceController } from './objects/namespaces.ts'
import { nodeLifecycle } from './nodes/node-lifecycle.ts'
import { nodeTaints } from './nodes/node-taints.ts'
import { replicaSetController } from './workloads/replica-set.ts'
import { scheduler } from './scheduling/scheduler.ts'
import { statefulSetController } from './workloads/stateful-set.ts'
import { taintEviction } from './nodes/taint-eviction.ts'
import { volumeBinding } from './storage/volume-binding.ts'
import { volumeProtection } from './storage/volume-protection.ts'
import type { Control, Controller } from './work-queue.ts'
import { draw } from './work-queue.ts'

export interface ControllerOptions {
  /** Whether the API server answers. While it does not, the controllers do nothing. */
  serving: () => boolean
  /**
   * PEM of the authority that signed the API's certificate. Without it, namespaces get no service
   * account and no root certificate.
   */
  ca?: string
  /** The folder of a node in which local-path keeps its volumes. */
  storage?: { path: string }
}

/** Components that forget the counts of their Events when they restart. */
const components = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'cronjob-controller',
  'node-controller',
  'taint-eviction-controller',
  'persistentvolume-controller',
  'default-scheduler',
]

/** In the order in which they receive the events of the store. */
function allControllers(control: Control, options: ControllerOptions): readonly Controller[] {
  return [
    nodeTaints(control),
    nodeLifecycle(control),
    taintEviction(control),
    namespaceController(control),
    garbageCollector(control),
    ...(options.ca === undefined ? [] : [accountsController(control, options.ca)]),
    deploymentController(control),
    replicaSetController(control),
    statefulSetController(control),
    daemonSetController(control),
    jobController(control),
    volumeProtection(control),
    volumeBinding(control),
    localPath(control, options.storage?.path ?? defaultStoragePath),
    scheduler(control),
    endpointsController(control),
  ]
}

/**
 * Starts the controllers and the scheduler, at once if the API serves. Call `resync()` whenever the
 * API server is back: about two seconds later they work again, as restarted processes that list all
 * objects.
 */
export function startControllers(
  context: LabContext,
  options: ControllerOptions,
): { resync(): void } {
  let started = false
  let cancel = () => {}
  const control: Control = {
    context,
    random: context.random.fork('control'),
    working: () => started && options.serving(),
    resumes: [],
  }
  const controllers = allControllers(control, options)
  const begin = () => {
    if (!options.serving()) return
    started = true
    for (const resume of control.resumes) resume()
    for (const controller of controllers) controller.all()
  }
  context.store.subscribe(event => {
    for (const controller of controllers) controller.on(event)
  })
  if (options.serving()) begin()
  return {
    resync() {
      started = false
      cancel()
      for (const component of components) forgetRecorded(context, component)
      cancel = context.clock.after(draw(control.random, delays.restart), begin)
    },
  }
}
