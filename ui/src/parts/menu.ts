/** An entry of a menu, or a line between entries. */
export type Item =
  | 'line'
  | {
      text: string;
      act: () => void;
      keys?: string;
      checked?: boolean;
      /** Said to screen readers beside a checked entry. */
      checkedWord?: string;
      danger?: boolean;
      disabled?: boolean;
    };
