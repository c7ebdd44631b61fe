// Selector objects as text, as kubectl and the scale subresource show them.
import type { Json } from '#lab/kube/patch/json.ts'
import { listAt, mapAt, textAt, textsAt } from '#lab/kube/patch/json.ts'

const words: Readonly<Record<string, string>> = { In: 'in', NotIn: 'notin' }

/** Each requirement of a selector as text, sorted. @source Kubernetes v1.35, labels.Selector */
export function requirementTexts(selector: Json | undefined): string[] {
  const labels = Object.entries(mapAt(selector, 'matchLabels')).map(
    ([key, value]) => `${key}=${value}`,
  )
  const expressions = listAt(selector, 'matchExpressions').map(entry => {
    const key = textAt(entry, 'key') ?? ''
    const operator = textAt(entry, 'operator') ?? ''
    if (operator === 'Exists') return key
    return operator === 'DoesNotExist'
      ? `!${key}`
      : `${key} ${words[operator] ?? operator} (${textsAt(entry, 'values').join(',')})`
  })
  return [...labels, ...expressions].toSorted()
}
