// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
)

// searchTime bounds the search after a lost answer, which may run when the command's own time is up.
const searchTime = 30 * time.Second

const console = "Coveo's administration console (Organization > Groups)"

// lost explains a creation whose answer never came or names no group: Coveo may hold a group that gives people privileges and
// that nobody manages.
func (s *Service) lost(ctx context.Context, name string, cause error) diag.Diagnostic {
	var text strings.Builder
	text.WriteString(diagnose.Text(cause) + "\n\n")
	// A command that was interrupted has no time left, and yet this is when the answer matters most.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), searchTime)
	defer cancel()
	candidates, err := s.All(ctx, false, func(group *coveo.Group) bool { return group.DisplayName == name })
	switch {
	case err != nil:
		fmt.Fprintf(&text, "Whether a group was made could not be found out, because the list of groups cannot be read either. %s\n\n"+
			"Look in %s for a group named %q that you do not know, and remove it. Then run again.", diagnose.Text(err), console, name)
	case len(candidates) == 0:
		fmt.Fprintf(&text, "The list of groups shows none named %q, so most likely nothing was made. A new group may show with some delay: "+
			"look again in %s, then run again.", name, console)
	default:
		id := candidates[0].ID
		fmt.Fprintf(&text, "These groups named %q may be the one; Coveo does not tell when a group was made:\n", name)
		for _, group := range candidates {
			fmt.Fprintf(&text, "  - %s, with %d members and %d invites\n", group.ID, len(group.Members), len(group.Invites))
		}
		if len(candidates) > 1 {
			id = "<ID>"
		}
		fmt.Fprintf(&text, "\nNothing was sent again and nothing was deleted. Keep the new one with: terraform import <resource address> %s. Or "+
			"remove it in %s and run again.", id, console)
	}
	return diag.NewErrorDiagnostic("Answer lost while a group was made: "+name, text.String())
}

func timestamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }
