// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"golang.org/x/sync/singleflight"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

// moment is when a template is checked.
type moment bool

const (
	// atPlan is early: what cannot be found out is a warning, since the apply looks again.
	atPlan moment = false
	// beforeTheCall is the last look before a key is made.
	beforeTheCall moment = true
)

// Template is one API key template. It is read once for each provider instance and walk; errors are not remembered.
func (s *Service) Template(ctx context.Context, id string) (*coveo.APIKeyTemplate, error) {
	for {
		flight := s.flights.DoChan("template "+id, func() (any, error) { return s.fetchTemplate(ctx, id) })
		var result singleflight.Result
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("read an API key template: the time allowed for it ended, or the command was interrupted: %w", ctx.Err())
		case result = <-flight:
		}
		if result.Err != nil && coveo.IsCanceled(result.Err) && ctx.Err() == nil {
			// The request belonged to somebody whose time was up. Ours is not.
			continue
		}
		template, _ := result.Val.(*coveo.APIKeyTemplate)
		return template, result.Err
	}
}

func (s *Service) fetchTemplate(ctx context.Context, id string) (*coveo.APIKeyTemplate, error) {
	s.mu.Lock()
	known := s.templates[id]
	s.mu.Unlock()
	if known != nil {
		return known, nil
	}
	template, err := s.api.GetAPIKeyTemplate(ctx, id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.templates[id] = template
	return template, nil
}

// checkTemplate reads the template of a key that is to be made, and returns what it gives. A key that may erase must be
// limited, whoever chose its privileges; a key of a template that cannot be read may be one.
func (s *Service) checkTemplate(ctx context.Context, config *resourceModel, when moment) (given []privilege.Privilege, diags diag.Diagnostics) {
	if config.TemplateID.IsNull() || config.TemplateID.IsUnknown() {
		return nil, nil
	}
	id := config.TemplateID.ValueString()
	template, err := s.Template(ctx, id)
	switch {
	case err == nil:
	case errors.Is(err, coveo.ErrTokenUnknown):
		return nil, nil
	case coveo.IsNotFound(err):
		diags.AddAttributeError(path.Root("template_id"), "No such API key template", fmt.Sprintf("Coveo has no API key template %q in the organization %s. %s"+
			"The ID is something else than the name in the console. %s", id, s.api.OrganizationID(), s.templatesInWords(ctx), diagnose.Text(err)))
		return nil, diags
	case config.limited():
		// Whatever the template gives, the key has an end and is bound to addresses.
		return nil, nil
	case when == atPlan:
		diags.Append(diag.WithPath(path.Root("template_id"), diagnose.Warning("API key template not checked: "+id,
			"Whether keys of the template may erase people could not be found out. The apply looks again, and makes no key without knowing, unless "+
				"allowed_ips and lifetime are set or unrestricted_erasure = true.", err)))
		return nil, diags
	default:
		diags.Append(diag.WithPath(path.Root("template_id"), diagnose.Error("API key template cannot be read: "+id, err)))
		diags.AddAttributeError(path.Root("template_id"), "No API key made: "+config.DisplayName.ValueString(), "Keys of a template that cannot be read may be "+
			"able to erase people. Such a key must have allowed_ips and a lifetime, or say unrestricted_erasure = true. Set them, or use a token "+
			"that may read templates.")
		return nil, diags
	}
	given = privilege.CanonicalSet(template.Privileges)
	if privilege.MayErase(given) && !config.UnrestrictedErasure.IsUnknown() && !config.UnrestrictedErasure.ValueBool() {
		diags.Append(checkErasure(config)...)
	}
	return given, diags
}

// templatesInWords names the templates that there are, where they can be listed.
func (s *Service) templatesInWords(ctx context.Context) string {
	templates, err := s.api.ListAPIKeyTemplates(ctx)
	if err != nil || len(templates) == 0 {
		return ""
	}
	ids := make([]string, 0, len(templates))
	for _, template := range templates {
		ids = append(ids, template.ID)
	}
	slices.Sort(ids)
	return "It has: " + strings.Join(ids, ", ") + ". "
}

// limited tells whether a key may have any privilege: it is bound to addresses and ends, or it is said aloud that it is not.
func (m *resourceModel) limited() bool {
	return m.UnrestrictedErasure.ValueBool() || !checkErasure(m).HasError()
}

// unlimitedErasure says what a key that holds these privileges lacks, or nothing.
func (m *resourceModel) unlimitedErasure(held []privilege.Privilege) string {
	if !privilege.MayErase(held) || m.limited() {
		return ""
	}
	var lacks []string
	if len(texts(m.AllowedIPs)) == 0 {
		lacks = append(lacks, "it can be used from anywhere")
	} else if hasEveryAddress(m.AllowedIPs) {
		lacks = append(lacks, "its allowed_ips hold every address")
	}
	if m.Lifetime.IsNull() {
		lacks = append(lacks, "the configuration gives it no end")
	}
	return strings.Join(lacks, ", and ")
}

// decideTemplate refuses a plan that would leave a key of a template able to erase people without limits. The privileges of
// other keys are in the configuration, and were checked there.
func (d *decision) decideTemplate() {
	if d.config.TemplateID.IsNull() || len(d.replace) > 0 || d.config.UnrestrictedErasure.IsUnknown() || d.config.UnrestrictedErasure.ValueBool() {
		return
	}
	if privilege.MayErase(privilegeset.Read(d.state.EffectivePrivileges)) || privilege.MayErase(d.record.Requested) {
		d.diags.Append(checkErasure(d.config)...)
	}
}

// ofTemplate is what a key of a template is expected to hold: what its template gave when it was made. A template that gives
// something else today changes no existing key. known is false where only a new key can carry out the plan, and set is nil
// where there is nothing to compare with.
func (d *decision) ofTemplate(same bool) (set []privilege.Privilege, known bool) {
	switch {
	case same:
		return d.record.Requested, true
	case d.state.TemplateID.IsNull() && d.imported() && !d.plan.TemplateID.IsUnknown():
		d.warn("template_id", "Template of an imported key taken as written", "Coveo does not say which template the imported key was made of, so that the "+
			"configuration's is taken. What the key may do is in effective_privileges.")
		return nil, true
	}
	return nil, false
}
