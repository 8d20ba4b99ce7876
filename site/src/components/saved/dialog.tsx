import { type ReactNode, useEffect, useId, useRef } from 'react'

interface Props {
  title: string
  onClose(): void
  children: ReactNode
}

/** A window over the page: Escape and its cross close it, and the focus goes back to where it was. */
export function Dialog({ title, onClose, children }: Props) {
  const place = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = place.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog ref={place} className="dialog" aria-labelledby={id} onCancel={onClose}>
      <header className="card-header">
        <h2 id={id}>{title}</h2>
        <button type="button" className="icon" onClick={onClose}>
          <span aria-hidden="true">×</span>
          <span className="visually-hidden">Close</span>
        </button>
      </header>
      {children}
    </dialog>
  )
}
