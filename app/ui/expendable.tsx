/**
 * Around what a page can do without. If it fails, it is left out, and the page stays. In the layout that is vital: the error
 * page has the same layout, so it would fail in the same way, without end. React logs the error.
 */
import { Component, type ReactNode } from "react";

export class Expendable extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? null : this.props.children;
  }
}
