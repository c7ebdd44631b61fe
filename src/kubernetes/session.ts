// Sessions: the server and the credentials of a kubeconfig. Each is created once for each text.
import type { Dispatcher } from 'undici'
import type { Runtime } from '#src/model/runtime.ts'
import { authorised, bindToRuntime, inlineFiles, parseKubeconfig } from './client-node.ts'
import { kubeconfigText, requireContext, viewOf } from './kubeconfig.ts'
import { plainKubeconfig, plainConnection } from './plain-kubeconfig.ts'
import type { Call } from '#src/commands/call.ts'
import { Unchanged } from './unchanged.ts'

/** An open cluster, with the answers that are remembered of it. */
export interface Session {
  /** Headers and connections for one request to a URL, credentials included. */
  authorise(
    url: string,
  ): Promise<{ headers: Readonly<Record<string, string>>; dispatcher: Dispatcher | undefined }>
  server: string
  context: string
  /** Its certificates are files, which may be renewed while the kubeconfig stays the same. */
  fromFiles: boolean
  unchanged: Unchanged
}

/**
 * Sessions by runtime, place and text, so that holdfast runs a credential plugin once and not for
 * each question.
 */
const sessions = new WeakMap<Runtime, Map<string, Map<string, Promise<Session>>>>()

/** A session without the client library. Undefined if the kubeconfig needs the library. */
function plainSession(
  runtime: Runtime,
  shown: string,
  text: string,
  wanted: readonly string[],
): Session | undefined {
  const written = plainKubeconfig(text)
  if (written === undefined) return undefined
  const context = requireContext(viewOf(shown, written), wanted)
  const connection = plainConnection(written, context)
  if (connection === undefined) return undefined
  const { server, tls, headers } = connection
  return {
    // Taken anew for each request, so that no request bypasses a guard around the runtime.
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
      `cluster ${cluster.name} of ${shown} needs a proxy (${cluster.proxyUrl}), ` +
        'which holdfast does not support',
    )
  const fromFiles = await inlineFiles(config, runtime)
  bindToRuntime(config, runtime)
  return {
    authorise: url => authorised(config, url),
    server: cluster.server,
    context,
    fromFiles,
    unchanged: new Unchanged(),
  }
}

type Text = ReturnType<typeof kubeconfigText>

/** Reads in progress, so that simultaneous questions read a kubeconfig once. */
const readings = new WeakMap<Runtime, Map<string, Text>>()

function textOnce(call: Call, shown: string): Text {
  const ofRuntime = readings.get(call.runtime) ?? new Map<string, Text>()
  readings.set(call.runtime, ofRuntime)
  const reading =
    ofRuntime.get(shown) ?? kubeconfigText(call, shown).finally(() => ofRuntime.delete(shown))
  ofRuntime.set(shown, reading)
  return reading
}

/**
 * The session of the best of the wanted contexts of a kubeconfig. Asks the cluster nothing yet.
 * Rejects when the kubeconfig is missing, is not one, or has none of the contexts.
 */
export async function sessionOf(
  call: Call,
  shown: string,
  wanted: readonly string[],
): Promise<Session> {
  const { path, text } = await textOnce(call, shown)
  const ofRuntime = sessions.get(call.runtime) ?? new Map<string, Map<string, Promise<Session>>>()
  sessions.set(call.runtime, ofRuntime)
  const place = JSON.stringify([path, wanted])
  const known = ofRuntime.get(place) ?? new Map<string, Promise<Session>>()
  ofRuntime.set(place, known)
  const found = known.get(text)
  if (found !== undefined) return found
  const made = newSession(call.runtime, shown, path, text, wanted)
  known.set(text, made)
  // Failures, and sessions with certificates from files, are not remembered.
  made.then(
    session => session.fromFiles && known.delete(text),
    () => known.delete(text),
  )
  return made
}
