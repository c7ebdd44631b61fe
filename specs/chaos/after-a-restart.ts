// The fixes that every restart of a node can call for. A drill names this group and adds its own.

/**
 * After a start Docker has moved unpinned ports, Talos has set its taint again, a cordon or an
 * Unknown pod may be left, and flannel may have started without its file. @source ADR-0148,
 * Post-Restart Recovery Checklist
 */
export const afterARestart = [
  'regenerate-kubeconfig',
  'repoint-talosconfig',
  'remove-control-plane-taint',
  'restart-flannel',
  'uncordon',
  'delete-unknown-pods',
] as const

/** After the VM has booted, the modules that its kernel had loaded are gone, too. */
export const afterABoot = [...afterARestart, 'load-kernel-modules'] as const
