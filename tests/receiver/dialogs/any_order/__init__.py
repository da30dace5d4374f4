"""The same dialogs come of letters in any order, among crashes and several receivers."""
