// Whether the API grants a permission, and which permissions a drill needs.
import { kube } from '#src/kubernetes/questions/lists.ts'
import {
  permissionInWords,
  type Attempt,
  type Permission,
  type Policy,
  type Question,
} from '#src/model/index.ts'

/** Whether the API grants a permission. The question stores nothing. */
export const mayI = (permission: Permission): Question<boolean> => ({
  key: `access.may.${permissionInWords(permission)}`,
  description: `ask whether we may ${permissionInWords(permission)}`,
  origin: 'kubernetes',
  needs: ['kubernetes'],
  async ask(asking) {
    return (await kube(asking)).may(permission)
  },
})

/** Each permission once, in alphabetical order. */
export function distinct(permissions: readonly Permission[]): readonly Permission[] {
  const byWords = new Map(
    permissions.map(permission => [permissionInWords(permission), permission]),
  )
  return [...byWords].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, permission]) => permission)
}

/** Whether one permission includes another. */
const covers = (wide: Permission, narrow: Permission): boolean =>
  wide.verb === narrow.verb &&
  wide.group === narrow.group &&
  wide.resource === narrow.resource &&
  (wide.namespace === undefined || wide.namespace === narrow.namespace) &&
  (wide.name === undefined || wide.name === narrow.name)

/**
 * The fewest permissions: without duplicates, without those that another one includes, and without
 * those that earlier accounts have.
 */
export function least(
  permissions: readonly Permission[],
  before: readonly Permission[],
): readonly Permission[] {
  const all = distinct(permissions).filter(
    permission => !before.some(wide => covers(wide, permission)),
  )
  return all.filter(
    permission => !all.some(wide => wide !== permission && covers(wide, permission)),
  )
}

/** Permissions to undo the faults of a drill. */
export const toUndo = (
  { setup, faults }: Pick<Attempt, 'setup' | 'faults'>,
  policy: Policy,
): readonly Permission[] =>
  distinct([...setup, ...faults].flatMap(fault => fault.permissions?.(policy).undo ?? []))

/** The other permissions of a drill: to inject, and for the fixes that may act. */
export function toAct(
  { setup, faults, fixes }: Pick<Attempt, 'setup' | 'faults' | 'fixes'>,
  policy: Policy,
): readonly Permission[] {
  const undo = new Set(toUndo({ setup, faults }, policy).map(permissionInWords))
  return distinct([
    ...[...setup, ...faults].flatMap(fault => fault.permissions?.(policy).inject ?? []),
    ...fixes.flatMap(fix => fix.permissions?.(policy) ?? []),
  ]).filter(permission => !undo.has(permissionInWords(permission)))
}
