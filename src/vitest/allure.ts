// Sends the results of a test to Allure's reporter. Without the reporter it does nothing.
import { AssertionError } from 'node:assert'
import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RuntimeMessage } from 'allure-js-commons/sdk'
import { BaseMessageTestRuntime, getGlobalTestRuntime } from 'allure-js-commons/sdk/runtime'
import type { DrillResult, Judgement } from '#src/model/index.ts'
import { projectRoot } from '#src/project-root.ts'
import type { AllureTest } from '#src/reporting/allure/messages.ts'
import {
  failureStatus,
  isFailure,
  outcomeOfDrill,
  outcomeOfJudgement,
  traceOf,
} from '#src/reporting/allure/outcome.ts'
import { explain } from '#src/reporting/message/layout.ts'

/** Sends messages about the running test. */
export function send(messages: () => readonly RuntimeMessage[]): void {
  const runtime = getGlobalTestRuntime()
  if (!(runtime instanceof BaseMessageTestRuntime)) return
  for (const message of messages()) runtime.sendMessageSync?.(message)
}

let attached = false

/** Attaches the run's snapshot to the report, once. */
export function attachSnapshot(file: string): void {
  if (attached) return
  attached = true
  const type = 'application/json'
  send(() => [
    { type: 'global_attachment_path', data: { name: 'snapshot', path: file, contentType: type } },
  ])
}

/** A test of a spec as Allure names it. `file`: the absolute path of the spec. */
export const testIn = (file: string, title: string): AllureTest => ({
  title,
  spec: { name: relative(projectRoot, file), url: pathToFileURL(file).href },
})

/**
 * The error that fails a test. An assertion makes the test “failed” in Allure: the policy is
 * broken. Another error makes it “broken”: there is no verdict. The trace is the outcome, which the
 * categories match.
 */
export function failureOf(result: Judgement | DrillResult): Error {
  const outcome = 'drill' in result ? outcomeOfDrill(result) : outcomeOfJudgement(result)
  const message = explain(result)
  if (!isFailure(outcome)) return new Error(message)
  const error =
    failureStatus(outcome) === 'failed' ? new AssertionError({ message }) : new Error(message)
  error.stack = traceOf(outcome)
  return error
}
