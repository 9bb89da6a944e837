// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
)

// clockSkew is how far Coveo's clock may lag behind this machine's for a new key still to count as made after the request
// began. Machines that keep time by NTP differ by well under a second; the rest is for those that do not. A wider window
// would only name more keys, and each is named with its date.
const clockSkew = 2 * time.Minute

// searchTime bounds the search after a lost answer, which may run when the command's own time is up.
const searchTime = 30 * time.Second

// lost explains a creation whose answer never came or cannot be used: Coveo may hold a key whose value nobody has seen.
// partial is what there was of an answer, or nil.
func (s *Service) lost(ctx context.Context, name string, since time.Time, partial *coveo.APIKey, cause error) diag.Diagnostic {
	var text strings.Builder
	text.WriteString(diagnose.Text(cause) + "\n\n")
	if partial != nil && partial.ID != "" {
		fmt.Fprintf(&text, "The answer named the key %s. Its value cannot be had any more. ", partial.ID)
		text.WriteString(removeOrImport([]string{partial.ID}))
		return diag.NewErrorDiagnostic("API key made without its value: "+name, text.String())
	}
	// A command that was interrupted has no time left, and yet this is when the answer matters most.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), searchTime)
	defer cancel()
	candidates, err := s.candidates(ctx, name, since)
	switch {
	case err != nil:
		fmt.Fprintf(&text, "Whether a key was made could not be found out, because the list of keys cannot be read either. %s\n\n"+
			"Look in Coveo's administration console (Organization > API Keys) for a key named %q made at %s or later, and remove "+
			"it: its value cannot be had any more. Then run again.", diagnose.Text(err), name, timestamp(since))
	case len(candidates) == 0:
		fmt.Fprintf(&text, "The list of keys shows none named %q that was made since %s, so most likely nothing was made. A new key may "+
			"show with some delay: look again in Coveo's administration console (Organization > API Keys), then run again.",
			name, timestamp(since))
	default:
		ids := make([]string, 0, len(candidates))
		fmt.Fprintf(&text, "These keys named %q may be the one:\n", name)
		for _, key := range candidates {
			ids = append(ids, key.ID)
			created := "creation date not told"
			if !key.CreatedDate.IsZero() {
				created = "created " + timestamp(key.CreatedDate.Time)
			}
			fmt.Fprintf(&text, "  - %s, %s\n", key.ID, created)
		}
		text.WriteString("\n" + removeOrImport(ids))
	}
	return diag.NewErrorDiagnostic("Answer lost while an API key was made: "+name, text.String())
}

// candidates are the keys that a lost request may have made: those of its name that are no older, or do not tell their age.
func (s *Service) candidates(ctx context.Context, name string, since time.Time) ([]*coveo.APIKey, error) {
	s.written()
	keys, err := s.List(ctx)
	if err != nil {
		return nil, err
	}
	var found []*coveo.APIKey
	for _, key := range keys {
		if key.DisplayName == name && (key.CreatedDate.IsZero() || !key.CreatedDate.Before(since.Add(-clockSkew))) {
			found = append(found, key)
		}
	}
	slices.SortFunc(found, func(a, b *coveo.APIKey) int {
		if order := a.CreatedDate.Compare(b.CreatedDate.Time); order != 0 {
			return order
		}
		return strings.Compare(a.ID, b.ID)
	})
	return found, nil
}

func removeOrImport(ids []string) string {
	which, id := "the key", ids[0]
	if len(ids) > 1 {
		// Which of them it is nobody can tell from here, and the others may be in use.
		which, id = "the one that nobody else uses", "<ID>"
	}
	return fmt.Sprintf("Nothing was sent again and nothing was deleted. Remove %s in Coveo's administration console (Organization > API Keys) "+
		"and run again. Or keep it with: terraform import <resource address> %s, and replace it later; an import does not bring its "+
		"value back.", which, id)
}

func timestamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }
