// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

// question is what somebody wants to know the holders of.
type question struct {
	wanted []coveo.Privilege
	keys   bool // ask about API keys
	groups bool // ask about groups
}

// The two sources that can name a holder.
const (
	byPrivileges = "privileges"     // its own privileges, as its object shows them
	byListing    = "access_listing" // Coveo's listing of who has access to a domain
)

// claim is what makes somebody a holder.
type claim struct {
	// covers are the privileges that give what is asked for, nil where Coveo's answer leaves the holder's privileges out.
	covers []coveo.Privilege
	// partial tells that something of what is asked for is not covered. It means nothing where covers is nil.
	partial bool
	level   string // the listing's, "" where it does not name the holder
	seenBy  []string
}

type keyHolder struct {
	claim
	id, displayName string
	created         coveo.Instant
	key             *coveo.APIKey // nil where only the listing knows it
}

type groupHolder struct {
	claim
	id, displayName string
	group           *coveo.Group // nil where only the listing knows it
}

// findings is what is known of the holders. A source that did not answer leaves them incomplete.
type findings struct {
	keys       []keyHolder
	groups     []groupHolder
	incomplete []string // why
	notes      []string
}

// holders asks both sources about both kinds, and counts whoever either of them names: what a privilege without levels
// counts as in the listing is not documented, and no field of an object is promised.
func (s *Service) holders(ctx context.Context, q question) (findings, diag.Diagnostics) {
	var (
		found findings
		diags diag.Diagnostics
	)
	if q.keys {
		diags.Append(s.keyHolders(ctx, q, &found)...)
	}
	if q.groups && !diags.HasError() {
		diags.Append(s.groupHolders(ctx, q, &found)...)
	}
	return found, diags
}

func (s *Service) keyHolders(ctx context.Context, q question, found *findings) diag.Diagnostics {
	keys, err := s.keys.List(ctx)
	if err != nil {
		return refusedKind("api_keys", "groups", q.groups, err)
	}
	listed, diags := s.listing(ctx, q, "API keys", s.api.ListAPIKeyAccess, found)
	if diags.HasError() {
		return diags
	}
	unread := 0
	for id, key := range keys {
		claim, holds := weigh(q.wanted, key.Privileges, listed.of(id))
		if key.Privileges == nil && !holds {
			unread++
		}
		if holds {
			found.keys = append(found.keys, keyHolder{claim: claim, id: id, displayName: key.DisplayName, created: key.CreatedDate, key: key})
		}
		delete(listed.holders, id)
	}
	for id, holder := range listed.holders {
		claim, _ := weigh(q.wanted, nil, &holder)
		found.keys = append(found.keys, keyHolder{claim: claim, id: id, displayName: holder.DisplayName, created: holder.CreatedDate})
	}
	slices.SortFunc(found.keys, func(a, b keyHolder) int {
		return cmp.Or(strings.Compare(a.displayName, b.displayName), strings.Compare(a.id, b.id))
	})
	claims := make([]named, 0, len(found.keys))
	for _, k := range found.keys {
		claims = append(claims, named{k.claim, k.displayName, k.id})
	}
	found.explain("API keys", claims, listed.answered, unread)
	return diags
}

func (s *Service) groupHolders(ctx context.Context, q question, found *findings) diag.Diagnostics {
	claims := map[string]claim{}
	all, err := s.groups.All(ctx, false, func(*coveo.Group) bool { return true })
	if err != nil {
		return refusedKind("groups", "api_keys", q.keys, err)
	}
	listed, diags := s.listing(ctx, q, "groups", s.api.ListGroupAccess, found)
	if diags.HasError() {
		return diags
	}
	unread := 0
	for _, group := range all {
		claim, holds := weigh(q.wanted, group.Privileges, listed.of(group.ID))
		if group.Privileges == nil && !holds {
			unread++
		}
		if holds {
			claims[group.ID] = claim
		}
		delete(listed.holders, group.ID)
	}
	holding, err := s.groups.All(ctx, true, func(group *coveo.Group) bool { _, holds := claims[group.ID]; return holds })
	if err != nil {
		diags.Append(diagnose.Error("Holders cannot be listed", fmt.Errorf("who is in the groups that hold it cannot be read: %w", err)))
		return diags
	}
	for _, group := range holding {
		found.groups = append(found.groups, groupHolder{claim: claims[group.ID], id: group.ID, displayName: group.DisplayName, group: group})
	}
	for id, holder := range listed.holders {
		claim, _ := weigh(q.wanted, nil, &holder)
		found.groups = append(found.groups, groupHolder{claim: claim, id: id, displayName: holder.DisplayName})
	}
	slices.SortFunc(found.groups, func(a, b groupHolder) int {
		return cmp.Or(strings.Compare(a.displayName, b.displayName), strings.Compare(a.id, b.id))
	})
	var open []string
	names := make([]named, 0, len(found.groups))
	for _, g := range found.groups {
		names = append(names, named{g.claim, g.displayName, g.id})
		if g.group != nil && len(g.group.Realms) > 0 {
			open = append(open, label(g.displayName, g.id))
		}
	}
	found.explain("groups", names, listed.answered, unread)
	if len(open) > 0 {
		found.notes = append(found.notes, "Everyone who signs in by an identity provider belongs to these groups, and is not among their members: "+
			strings.Join(open, ", ")+".")
	}
	return diags
}

// refusedKind is the error for a list that could not be read, with the way to do without it.
func refusedKind(kind, other string, asksOther bool, err error) diag.Diagnostics {
	way := ""
	if asksOther && coveo.IsRefused(err) {
		way = fmt.Sprintf("\n\nTo ask about the rest only, set kinds = [%q].", other)
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic("Holders cannot be listed: "+kind, diagnose.Text(err)+way)}
}

// listing is what Coveo's listings of access say about the domains of a question, by the holder's ID.
type listing struct {
	holders  map[string]coveo.Holder
	answered bool
}

func (l listing) of(id string) *coveo.Holder {
	if holder, named := l.holders[id]; named {
		return &holder
	}
	return nil
}

// listing asks for the access to each domain of the question. Without an answer the other source still counts, so that is a
// warning.
func (s *Service) listing(ctx context.Context, q question, kind string, ask func(context.Context, string, string) ([]coveo.Holder, error), found *findings) (listing, diag.Diagnostics) {
	out := listing{holders: map[string]coveo.Holder{}, answered: true}
	var asked []coveo.Privilege
	for _, wanted := range q.wanted {
		if slices.ContainsFunc(asked, func(p coveo.Privilege) bool { return privilege.SameDomain(p, wanted) }) {
			continue
		}
		asked = append(asked, wanted)
		holders, err := ask(ctx, wanted.Owner, wanted.TargetDomain)
		if err != nil {
			if coveo.IsCanceled(err) || errors.Is(err, coveo.ErrTokenUnknown) {
				return out, diag.Diagnostics{diagnose.Error("Holders cannot be listed", err)}
			}
			why := fmt.Sprintf("Coveo's listing of the %s with access to %s/%s did not answer, so only their own privileges speak.",
				kind, wanted.Owner, wanted.TargetDomain)
			found.incomplete = append(found.incomplete, why)
			return listing{holders: map[string]coveo.Holder{}}, diag.Diagnostics{diagnose.Warning("Holders seen by one source only: "+kind,
				why+" For groups, Coveo wants the privilege to view the domain itself, too.", err)}
		}
		for _, holder := range holders {
			if holder.ID != "" && holder.AccessLevel != coveo.AccessNone {
				out.holders[holder.ID] = holder
			}
		}
	}
	return out, nil
}

// weigh tells whether somebody holds any of what is wanted. own is nil where the answer leaves it out. The listing speaks of
// whole domains: where the own privileges on a domain are known and give nothing of what is wanted, they explain it.
func weigh(wanted, own []coveo.Privilege, listed *coveo.Holder) (claim, bool) {
	var c claim
	explained := false
	for _, p := range own {
		gives := slices.ContainsFunc(wanted, func(w coveo.Privilege) bool { return privilege.Gives(p, w) })
		explained = explained || slices.ContainsFunc(wanted, func(w coveo.Privilege) bool { return privilege.SameDomain(p, w) })
		if gives {
			c.covers = append(c.covers, p)
		}
	}
	if own != nil && c.covers == nil {
		c.covers = []coveo.Privilege{}
	}
	for _, w := range wanted {
		c.partial = c.partial || !slices.ContainsFunc(c.covers, func(p coveo.Privilege) bool {
			target := cmp.Or(p.TargetID, privilege.EveryTarget)
			return privilege.Gives(p, w) && (target == privilege.EveryTarget || target == w.TargetID)
		})
	}
	if len(c.covers) > 0 {
		c.seenBy = append(c.seenBy, byPrivileges)
	}
	if listed != nil && (len(c.covers) > 0 || !explained) {
		c.level = cmp.Or(listed.AccessLevel, "UNKNOWN")
		c.seenBy = append(c.seenBy, byListing)
	}
	return c, len(c.seenBy) > 0
}

// canAct tells whether a key opens anything now.
func canAct(key *coveo.APIKey, now time.Time) bool {
	return key.IsEnabled() && key.Status != coveo.KeyExpired && (key.ExpirationDate.IsZero() || now.Before(key.ExpirationDate.Time))
}

// hasIPList tells whether a list of allowed addresses keeps anybody out. One that holds every address does not.
func hasIPList(key *coveo.APIKey) bool {
	return len(key.AllowedIPs) > 0 && !slices.ContainsFunc(key.AllowedIPs, func(entry string) bool {
		prefix, err := netip.ParsePrefix(entry)
		return err == nil && prefix.Bits() == 0
	})
}

// named is a claim with the words for a note.
type named struct {
	claim
	displayName, id string
}

// explain says in a few notes, whatever the number of holders, what is not certain about them.
func (f *findings) explain(kind string, claims []named, answered bool, unread int) {
	var unlisted, unshown, parts []string
	for _, c := range claims {
		name := label(c.displayName, c.id)
		switch {
		case !slices.Contains(c.seenBy, byListing):
			unlisted = append(unlisted, name)
		case !slices.Contains(c.seenBy, byPrivileges):
			unshown = append(unshown, name)
		}
		if len(c.covers) > 0 && c.partial {
			parts = append(parts, name+" ("+privilege.Strings(c.covers)+")")
		}
	}
	if answered && len(unlisted) > 0 {
		f.notes = append(f.notes, fmt.Sprintf("Coveo's listing of access does not name these %s, whose own privileges do: %s. What a privilege without "+
			"levels counts as there is not documented, so they are counted.", kind, strings.Join(unlisted, ", ")))
	}
	if len(unshown) > 0 {
		f.notes = append(f.notes, fmt.Sprintf("Only Coveo's listing of access names these %s; their own privileges do not show it, or could not be read: %s. "+
			"They are counted. Look at them in Coveo's administration console.", kind, strings.Join(unshown, ", ")))
	}
	if len(parts) > 0 {
		f.notes = append(f.notes, fmt.Sprintf("These %s hold a part of what was asked for: %s.", kind, strings.Join(parts, ", ")))
	}
	if unread > 0 {
		why := fmt.Sprintf("Coveo's answer leaves out the privileges of %d further %s, for which only its listing of access speaks.", unread, kind)
		if !answered {
			why = fmt.Sprintf("Coveo's answer leaves out the privileges of %d further %s, and nothing else speaks for them.", unread, kind)
		}
		f.incomplete = append(f.incomplete, why)
	}
}

func label(displayName, id string) string {
	if displayName == "" {
		return id
	}
	return fmt.Sprintf("%s [%s]", displayName, id)
}
