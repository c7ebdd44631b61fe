// Hears in a thread that the process is asked to stop: opened once for all spec files of the
// thread, unlike its setup, which runs for each of them.
import { askedChannel, stopChannel } from '#src/runs/process/stop.ts'

const stop = new AbortController()

const channel = new BroadcastChannel(stopChannel)
channel.unref()
channel.addEventListener('message', (event: { data?: unknown }) =>
  stop.abort(new Error(String(event.data))),
)

// The request may have come before this thread could hear it.
const asking = new BroadcastChannel(askedChannel)
asking.postMessage('')
asking.close()

/** Aborts when the process is asked to stop. */
export const stopped: AbortSignal = stop.signal
