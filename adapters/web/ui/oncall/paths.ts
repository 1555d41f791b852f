/** What is shown below `/on-call`. */
export type View =
  | { readonly type: 'now' }
  | { readonly type: 'schedule'; readonly id: string }
  | { readonly type: 'policies' }
  | { readonly type: 'policy'; readonly id: string };

/** What stands after `/on-call` in the address. */
export function pathOf(view: View): string {
  if (view.type === 'now') return '';
  if (view.type === 'policies') return '/policies';
  const folder = view.type === 'schedule' ? 'schedules' : 'policies';
  return `/${folder}/${encodeURIComponent(view.id)}`;
}

/** The other way round; what nobody knows shows who is on call now. */
export function viewAt(path: string): View {
  const [, folder, id] = /^\/(schedules|policies)(?:\/([^/]+))?\/?$/.exec(path) ?? [];
  if (folder === undefined || (folder === 'schedules' && id === undefined)) return { type: 'now' };
  if (id === undefined) return { type: 'policies' };
  try {
    return { type: folder === 'schedules' ? 'schedule' : 'policy', id: decodeURIComponent(id) };
  } catch {
    return { type: 'now' };
  }
}
