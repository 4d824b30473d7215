/** What the Studio REST tells, in its own spelling. */

/** A page of a list, and how many entries there are in all. */
export type Listing<Row> = { Count: number; Value: Row[] };

export type PortType =
  | 'DataTable'
  | 'ILearner'
  | 'ICluster'
  | 'IFilter'
  | 'ITransform'
  | 'Zip'
  | 'Visualization';
export type Port = { Name: string; Type: PortType; IsOptional?: boolean };
export type ParameterType =
  | 'Int'
  | 'Double'
  | 'String'
  | 'SecureString'
  | 'Bool'
  | 'Enumerated'
  | 'ColumnPicker';
export type Parameter = {
  Name: string;
  Type: ParameterType;
  Description: string;
  IsRequired: boolean;
  Default: string | null;
  Above: number | null;
  Minimum: number | null;
  Maximum: number | null;
  Values: string[];
  ShownWhen: { Parameter: string; Values: string[] } | null;
};
export type Module = {
  Id: string;
  FamilyId: string;
  Name: string;
  Category: string;
  Description: string;
  Help: string;
  Aliases: string[];
  InputPorts: Port[];
  OutputPorts: Port[];
  Parameters: Parameter[];
  IsTrainable: boolean;
};
export type Column = {
  Name: string;
  Type: string;
  Kind: string;
  IsCategorical: boolean;
  Levels?: string[];
};
export type SavedKind = 'datasources' | 'trainedmodels' | 'transformmodules';
export type Saved = {
  Id: string;
  Name: string;
  DataTypeId: string;
  Description: string;
  FamilyId: string;
  SourceOrigin: string;
  Size: number;
  CreatedDate: string;
  Owner: string;
  ExperimentId: string | null;
  UploadedFromFilename: string;
  ServiceVersion: number;
  RowCount: number | null;
  ColumnCount: number;
};
export type SavedWhole = Saved & { Columns: Column[] };
export type RunState = 'InDraft' | 'Queued' | 'Running' | 'Finished' | 'Failed' | 'Canceled';
export type Status = {
  StatusCode: RunState;
  StatusDetail: string | null;
  CreationTime: string | null;
  StartTime: string | null;
  EndTime: string | null;
};
export type ExperimentEntry = {
  ExperimentId: string;
  FamilyId: string;
  ParentExperimentId: string | null;
  Description: string;
  Summary: string;
  Creator: string;
  Category: string;
  Etag: string;
  IsLeaf: boolean;
  ChangedTime: string | null;
  Status: Status;
};
export type Output = { Name: string; Type: PortType; RowCount: number | null; Size: number };
export type NodeStatus = {
  NodeId: string;
  Status: Status;
  Cached: boolean;
  Outputs: Output[];
  Log?: string;
};
export type NodeDocument = {
  Id: string;
  ModuleId: string;
  Comment?: string | null;
  CommentCollapsed?: boolean;
  ModuleParameters?: {
    Name: string;
    Value?: string | null;
    ValueType?: string;
    LinkedGlobalParameter?: string | null;
  }[];
  InputPortsInternal?: {
    Name: string;
    NodeId: string;
    DataSourceId?: string | null;
    TrainedModelId?: string | null;
    TransformModuleId?: string | null;
  }[];
  OutputPortsInternal?: { Name: string; NodeId: string; OutputType?: string | null }[];
};
export type EdgeDocument = { SourceOutputPortId: string; DestinationInputPortId: string };
export type ServicePort = { Id: string; PortId: string; Name: string };
export type ServiceParameter = {
  Name: string;
  Value?: unknown;
  ParameterDefinition?: {
    Name: string;
    ParameterType: string;
    IsOptional?: boolean;
    HasRules?: boolean;
    ParameterRules?: { Min?: number | null; Max?: number | null; Values?: string[] | null }[];
    HasDefaultValue?: boolean;
    DefaultValue?: unknown;
    Description?: string | null;
  } | null;
};
export type Graph = {
  ModuleNodes: NodeDocument[];
  EdgesInternal: EdgeDocument[];
  SerializedClientData: string | null;
};
export type WebServiceDocument = {
  IsWebServiceExperiment: boolean;
  Inputs: ServicePort[];
  Outputs: ServicePort[];
  Parameters: ServiceParameter[];
};
export type Experiment = Omit<ExperimentEntry, 'ChangedTime'> & {
  Graph: Graph;
  WebService: WebServiceDocument;
  NodeStatuses: NodeStatus[];
  Revision: number;
};
export type Fault = { NodeId: string; Code: string; Message: string };
export type Bar = { count: number; value: string | null; low: number | null; high: number | null };
export type BoxPlot = {
  lowerWhisker: number;
  lowerQuartile: number;
  median: number;
  upperQuartile: number;
  upperWhisker: number;
};
export type ColumnStatistics = {
  name: string;
  type: string;
  kind: string;
  featureType: string;
  uniqueValues: number;
  missingValues: number;
  mean: number | null;
  median: number | null;
  min: number | string | null;
  max: number | string | null;
  standardDeviation: number | null;
  histogram: Bar[];
  boxPlot: BoxPlot | null;
};
export type TableStatistics = { rows: number; columns: ColumnStatistics[]; sampled: boolean };
export type Rows = {
  rows: number;
  start: number;
  values: (string | null)[][];
};
export type Service = {
  Id: string;
  Name: string;
  Description: string;
  CreationTime: string;
  DefaultEndpointName: string;
  EndpointCount: number;
};
export type Endpoint = {
  Name: string;
  Description: string;
  CreationTime: string;
  UpdatedTime: string;
  WebServiceId: string;
  HelpLocation: string;
  PrimaryKey: string | null;
  SecondaryKey: string | null;
  ApiLocation: string;
  ExperimentLocation: string;
  Version: string;
  MaxConcurrentCalls: number;
  DiagnosticsTraceLevel: string;
  ThrottleLevel: string;
  PreventUpdate: boolean;
  SampleDataEnabled: boolean;
  Batching: 'Off' | 'On' | 'Auto';
  MaxBatchRows: number;
  MaxBatchWaitMilliseconds: number;
};
export type Job = {
  JobId: string;
  StatusCode: 'NotStarted' | 'Running' | 'Failed' | 'Cancelled' | 'Finished';
  Details: string | null;
  Results: Record<
    string,
    { RelativeLocation: string; BaseLocation: string; SasBlobToken: string }
  > | null;
  CreatedAt: string | null;
  StartTime: string | null;
  EndTime: string | null;
  Waiting?: string | null;
  Failures?: { Chunk: number; FirstRow: number; Rows: number; Attempts: number; Reason: string }[];
  Progress: {
    Rows: number | null;
    TotalRows: number | null;
    RowsSetAside: number | null;
    Chunks: number | null;
    TotalChunks: number | null;
    RowsPerSecond: number | null;
    EstimatedEnd: string | null;
  };
};
