// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ datasource.DataSourceWithValidateConfig = auditSource{}

// NewAuditDataSource is coveo_tracking_audit.
func NewAuditDataSource() datasource.DataSource { return auditSource{} }

// auditSource needs nothing of the provider's: it reads files and asks Coveo nothing.
type auditSource struct{}

func (auditSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_tracking_audit"
}

func (auditSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = auditSchema()
}

func (auditSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config auditModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if expect := config.Expect; !expect.IsUnknown() && !slices.Contains(Expectations(), expect.ValueString()) {
		resp.Diagnostics.AddAttributeError(path.Root("expect"), "Expectation cannot be used",
			fmt.Sprintf("expect must be one of %s, and is %q.", strings.Join(Expectations(), ", "), expect.ValueString()))
	}
	for name, set := range map[string]types.Set{"har_files": config.HARFiles, "directories": config.Directories} {
		if slices.ContainsFunc(set.Elements(), func(v attr.Value) bool { return v.Equal(types.StringValue("")) }) {
			resp.Diagnostics.AddAttributeError(path.Root(name), "Path missing", "An entry is empty, and names no file or folder. Take it out.")
		}
	}
	empty := func(set types.Set) bool { return !set.IsUnknown() && len(set.Elements()) == 0 }
	if empty(config.HARFiles) && empty(config.Directories) {
		resp.Diagnostics.AddError("Nothing to audit",
			"Neither har_files nor directories names anything, so an audit would always pass. Name at least one HAR file or folder.")
	}
}

func (auditSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data auditModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	var files, directories []string
	resp.Diagnostics.Append(data.HARFiles.ElementsAs(ctx, &files, false)...)
	resp.Diagnostics.Append(data.Directories.ElementsAs(ctx, &directories, false)...)
	if resp.Diagnostics.HasError() {
		return
	}
	slices.Sort(files)
	slices.Sort(directories)
	var reports []Report
	for _, file := range files {
		report, err := auditFile(ctx, file)
		if err != nil {
			resp.Diagnostics.AddAttributeError(path.Root("har_files"), "HAR file cannot be audited",
				fmt.Sprintf("The HAR file %s cannot be audited: %s. Nothing is said about a file that was not read to its end.", file, err))
			continue
		}
		reports = append(reports, report)
	}
	var bundles []Bundle
	for _, directory := range directories {
		bundle, err := ScanBundle(ctx, directory)
		if err != nil {
			resp.Diagnostics.AddAttributeError(path.Root("directories"), "Folder cannot be scanned",
				fmt.Sprintf("The folder %s cannot be scanned: %s.", directory, err))
			continue
		}
		bundles = append(bundles, bundle)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	verdict := Judge(Expectation(data.Expect.ValueString()), reports...)
	warn(reports, &resp.Diagnostics)
	resp.Diagnostics.Append(data.fill(ctx, reports, bundles, verdict)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}

func auditFile(ctx context.Context, name string) (Report, error) {
	// Whatever else there is may never end, or block even while it is opened.
	if info, err := os.Stat(name); err != nil {
		return Report{}, pathless(err)
	} else if !info.Mode().IsRegular() {
		return Report{}, errNoFile
	}
	file, err := os.Open(name) //nolint:gosec // the configuration names it, and nothing of it is shown
	if err != nil {
		return Report{}, pathless(err)
	}
	defer file.Close() //nolint:errcheck // it was only read from
	report, err := AuditHAR(ctx, file, name)
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return report, err
}

var errNoFile = errors.New("it is not a file")

// warn tells of files that show little, which a verdict alone would hide.
func warn(reports []Report, diags *diag.Diagnostics) {
	for _, r := range reports {
		if r.CoveoCalls == 0 {
			diags.AddAttributeWarning(path.Root("har_files"), "No call to Coveo in "+r.Source,
				fmt.Sprintf("%s holds %s, and none of them to Coveo. If the page was meant to search while the file was made, it did not, and the audit proves nothing.",
					r.Source, plural(r.Entries, "request")))
		}
		if r.UnseenBodies > 0 {
			diags.AddAttributeWarning(path.Root("har_files"), "Bodies missing in "+r.Source,
				fmt.Sprintf("%s does not hold what was sent with %s to places that are not known, or not in a form that can be read. An event that is "+
					"sent through a proxy is recognised by what is sent, so that there may be some among them. Make the file with bodies.", r.Source, plural(r.UnseenBodies, "request")))
		}
	}
}
