// Who asks a cluster, and where: kubeconfigs as sessions, each made once as long as its text stays.
import type { Dispatcher } from 'undici'
import type { Runtime } from '#src/model/runtime.ts'
import { authorised, bindToReach, inlineFiles, parseKubeconfig } from './client-node.ts'
import { kubeconfigText, requireContext, viewOf } from './kubeconfig.ts'
import { plainKubeconfig, plainWay } from './plain-kubeconfig.ts'
import type { Call } from '#src/commands/call.ts'
import { Unchanged } from './unchanged.ts'

/** A way to a cluster that was opened, with what is remembered of it. */
export interface Session {
  /** Headers and connections for one request to a URL, credentials included. */
  authorise(
    url: string,
  ): Promise<{ headers: Readonly<Record<string, string>>; dispatcher: Dispatcher | undefined }>
  server: string
  context: string
  /** Its certificates are files, which may be renewed while its text stays. */
  fromFiles: boolean
  unchanged: Unchanged
}

/**
 * Configurations by reach, place and text, so that a plugin for credentials is asked once and not
 * for each question.
 */
const sessions = new WeakMap<Runtime, Map<string, Map<string, Promise<Session>>>>()

/** Where all is written in the file, the client library is not loaded. */
function plainSession(
  runtime: Runtime,
  shown: string,
  text: string,
  wanted: readonly string[],
): Session | undefined {
  const written = plainKubeconfig(text)
  if (written === undefined) return undefined
  const context = requireContext(viewOf(shown, written), wanted)
  const way = plainWay(written, context)
  if (way === undefined) return undefined
  const { server, tls, headers } = way
  return {
    // Asked for each time: a guard that is put around the reach must not be got round.
    authorise: async () => ({ headers, dispatcher: runtime.dispatcher(tls) }),
    server,
    context,
    fromFiles: false,
    unchanged: new Unchanged(),
  }
}

async function newSession(
  runtime: Runtime,
  shown: string,
  path: string,
  text: string,
  wanted: readonly string[],
): Promise<Session> {
  const plain = plainSession(runtime, shown, text, wanted)
  if (plain !== undefined) return plain
  const config = parseKubeconfig(path, text)
  const context = requireContext(viewOf(shown, config), wanted)
  config.setCurrentContext(context)
  const cluster = config.getCurrentCluster()
  if (cluster === null)
    throw new Error(`context ${context} of ${shown} names a cluster that is not in it`)
  if (cluster.proxyUrl !== undefined)
    throw new Error(
      `cluster ${cluster.name} of ${shown} is reached through a proxy (${cluster.proxyUrl}), which holdfast does not do`,
    )
  const fromFiles = await inlineFiles(config, runtime)
  bindToReach(config, runtime)
  return {
    authorise: url => authorised(config, url),
    server: cluster.server,
    context,
    fromFiles,
    unchanged: new Unchanged(),
  }
}

type Text = ReturnType<typeof kubeconfigText>

/** Kubeconfigs that are being read: questions that are asked at once read them once. */
const readings = new WeakMap<Runtime, Map<string, Text>>()

function textOnce(call: Call, shown: string): Text {
  const ofReach = readings.get(call.runtime) ?? new Map<string, Text>()
  readings.set(call.runtime, ofReach)
  const reading =
    ofReach.get(shown) ?? kubeconfigText(call, shown).finally(() => ofReach.delete(shown))
  ofReach.set(shown, reading)
  return reading
}

/**
 * The session of the best of the wanted contexts of a kubeconfig; asks nothing of the cluster yet.
 * Rejects when the kubeconfig is
 * missing, is not one, or has none of the contexts.
 */
export async function sessionOf(
  call: Call,
  shown: string,
  wanted: readonly string[],
): Promise<Session> {
  const { path, text } = await textOnce(call, shown)
  const ofReach = sessions.get(call.runtime) ?? new Map<string, Map<string, Promise<Session>>>()
  sessions.set(call.runtime, ofReach)
  const place = JSON.stringify([path, wanted])
  const known = ofReach.get(place) ?? new Map<string, Promise<Session>>()
  ofReach.set(place, known)
  const found = known.get(text)
  if (found !== undefined) return found
  const made = newSession(call.runtime, shown, path, text, wanted)
  known.set(text, made)
  // Neither a failure nor what came from files is remembered.
  made.then(
    session => session.fromFiles && known.delete(text),
    () => known.delete(text),
  )
  return made
}
