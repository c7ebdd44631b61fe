// Guards against a drill that holdfast could not carry out, undo or report.
import {
  bytes,
  notApplicable,
  permissionInWords,
  unknown,
  type Guard,
  type Objection,
} from '#src/model/index.ts'
import { mayI, toAct, toUndo } from './access.ts'

export const capabilities: Guard = {
  name: 'capabilities',
  description: 'the target lacks a capability that a fault needs',
  why: 'holdfast could not inject the fault, or could not undo it',
  observe: () => [],
  judge: ({ setup, faults, lacks }) =>
    [...new Set([...setup, ...faults].flatMap(fault => fault.needs))].flatMap(
      (need): readonly Objection[] => {
        const reason = lacks[need]
        return reason === undefined ? [] : [{ of: need, kind: 'lacking', reason }]
      },
    ),
}

/** Asks for permissions, and objects to each that the API does not grant. */
const needs = (of: typeof toAct): Pick<Guard, 'observe' | 'judge'> => ({
  observe: (attempt, policy) => of(attempt, policy).map(mayI),
  judge: (attempt, answers, policy) =>
    of(attempt, policy)
      .filter(permission => !answers(mayI(permission)))
      .map(permission => ({
        of: permissionInWords(permission),
        kind: 'not-permitted',
        permission,
      })),
})

export const mayAct: Guard = {
  name: 'permissions',
  description: 'the API denies a permission that a fault or a fix needs',
  why: 'holdfast would find out in the middle of the drill, with a fault half injected',
  ...needs(toAct),
}

export const mayUndo: Guard = {
  name: 'undo-permissions',
  description: 'the API denies a permission that an undo needs',
  why: 'holdfast never injects what it cannot undo',
  ...needs(toUndo),
}

export const evidenceDisk: Guard = {
  name: 'evidence-disk',
  description: 'too little disk is free for the report',
  why: 'without its report a drill does harm and proves nothing',
  observe: () => [],
  judge({ freeBytes }, _, { limits: { freeDisk } }) {
    if (freeBytes === undefined) return notApplicable('this run writes no report')
    if (Number.isNaN(freeBytes))
      return unknown('the free space where reports are written is unknown')
    if (freeBytes >= bytes(freeDisk)) return []
    return [{ of: 'reports', kind: 'disk-full', freeBytes, needed: freeDisk }]
  },
}
