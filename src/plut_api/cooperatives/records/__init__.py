"""What a cooperative does and shows: officers, meetings, outlets, figures by month, papers, proposals, declarations."""
